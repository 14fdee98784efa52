//! The rail hits what its shooter saw: the world is rewound to the view the player had, at most 200 ms.
//!
//! The rules ask for the past through `shared::sim::world::Past`; the room answers from the history that replication
//! keeps anyway (`History` implements it). This file holds the tests of the two together.
