//! Measures the server beside raw sockets.

pub(crate) mod floor;
mod pinned;

pub(crate) fn run() -> anyhow::Result<()> {
    pinned::ensure()?;
    for kind in [floor::Kind::Udp, floor::Kind::Tcp] {
        let t = floor::Traffic { players: 800, hz: 20, up_bytes: 30, down_bytes: 200, seconds: 5 };
        println!("{:?}", floor::measure(kind, &t)?);
    }
    Ok(())
}
