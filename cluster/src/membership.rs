//! Which nodes there are, in which of their lives, and how loaded they are.
//!
//! ```text
//! event                          what follows
//! record of a node               it is a member in the life that the record names; an earlier life of it is over
//! its record is gone             it is no member
//! load of a member               noted
//! load of a stranger             ignored: its record says more, and comes by itself
//! ```

use std::collections::BTreeMap;

use crate::{
    id::{Holder, NodeId},
    limits::NODES_MAX,
    message::Load,
    record::NodeRecord,
};

/// A node that has a record.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its record.
    pub record: NodeRecord,
    /// The load that it announced last.
    pub load: Load,
}

/// The nodes of the cluster, this one included once its record is written.
#[derive(Debug, Default)]
pub struct Membership {
    members: BTreeMap<NodeId, Member>,
}

impl Membership {
    /// The watch shows a node's record: false if there are too many nodes.
    pub(crate) fn seen(&mut self, node: NodeId, record: NodeRecord) -> bool {
        let full = self.members.len() >= NODES_MAX;
        match self.members.get_mut(&node) {
            Some(member) => {
                if member.record.incarnation != record.incarnation {
                    member.load = Load::default();
                }
                member.record = record;
            }
            None if full => return false,
            None => drop(self.members.insert(node, Member { record, load: Load::default() })),
        }
        true
    }

    pub(crate) fn gone(&mut self, node: NodeId) {
        self.members.remove(&node);
    }

    /// A node announced its load: false if it is no member in this life.
    pub(crate) fn loaded(&mut self, from: Holder, load: Load) -> bool {
        match self.members.get_mut(&from.node) {
            Some(member) if member.record.incarnation == from.incarnation => {
                member.load = load;
                true
            }
            _ => false,
        }
    }

    /// Removes the nodes that a full delivery of the watch did not name.
    pub(crate) fn retain(&mut self, named: impl Fn(NodeId) -> bool) {
        self.members.retain(|&node, _| named(node));
    }

    /// True if a node has a record in this life.
    #[must_use]
    pub fn is_alive(&self, holder: Holder) -> bool {
        self.members.get(&holder.node).is_some_and(|member| member.record.incarnation == holder.incarnation)
    }

    /// A node.
    #[must_use]
    pub fn get(&self, node: NodeId) -> Option<&Member> {
        self.members.get(&node)
    }

    /// All nodes.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Member)> {
        self.members.iter().map(|(&node, member)| (node, member))
    }
}
