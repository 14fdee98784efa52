//! A network of addresses in CIDR notation: `10.0.0.0/8`, `2001:db8::/32`; a single address is a network of one.

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// Prefix length of the IPv6 addresses that stand for IPv4 addresses (`::ffff:0:0/96`).
const MAPPED_PREFIX_BITS: u8 = 96;

/// A network of addresses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Network {
    address: IpAddr,
    /// Length of the prefix.
    bits: u8,
}

impl Network {
    /// The network of `address` with a prefix of `bits`, at most as long as the address; the bits after it are cleared.
    pub fn new(address: IpAddr, bits: u8) -> Self {
        match address {
            IpAddr::V4(address) => {
                let bits = bits.min(32);
                let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
                Self { address: IpAddr::V4((u32::from(address) & mask).into()), bits }
            }
            IpAddr::V6(address) => {
                let bits = bits.min(128);
                let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
                Self { address: IpAddr::V6((u128::from(address) & mask).into()), bits }
            }
        }
    }

    /// True if `address` is in it. An IPv4 address from an IPv6 socket (`::ffff:192.0.2.1`) counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.address.is_ipv4() && Self::new(address, self.bits) == *self
    }

    /// Converts a network of mapped addresses to IPv4: `::ffff:192.0.2.0/120` is `192.0.2.0/24`.
    fn canonical(self) -> Self {
        let IpAddr::V6(address) = self.address else { return self };
        match (address.to_ipv4_mapped(), self.bits.checked_sub(MAPPED_PREFIX_BITS)) {
            (Some(address), Some(bits)) => Self::new(address.into(), bits),
            _ => self,
        }
    }

    /// The network of one customer: an IPv4 address, or a /64 of IPv6, in which a host may take as many addresses as it likes.
    pub fn of_customer(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self::new(address, if address.is_ipv4() { 32 } else { 64 })
    }

    /// The network of one site: a /24 of IPv4, a /48 of IPv6.
    pub fn of_site(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self::new(address, if address.is_ipv4() { 24 } else { 48 })
    }

    /// Length of the prefix.
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// True for IPv4.
    pub fn is_ipv4(&self) -> bool {
        self.address.is_ipv4()
    }

    /// True if one of `networks` contains `address`.
    pub fn any_contains(networks: &[Self], address: IpAddr) -> bool {
        networks.iter().any(|network| network.contains(address))
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("\"{}\" is not a network; write 192.0.2.0/24, 2001:db8::/32 or an address", text.escape_debug());
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let bits_max = if address.is_ipv4() { 32 } else { Ipv6Addr::BITS as u8 };
        let bits = match bits {
            None => bits_max,
            Some(bits) => bits.parse().ok().filter(|&bits| bits <= bits_max).ok_or_else(wrong)?,
        };
        let network = Self::new(address, bits);
        // Bits after the prefix are mostly a mistake: 10.1.2.3/8 may have meant 10.1.2.3, or 10.1.2.0/24.
        if network.address != address {
            return Err(format!("\"{text}\" has bits beyond its mask; did you mean {network}?"));
        }
        Ok(network.canonical())
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Network {
    fn schema_name() -> Cow<'static, str> {
        "Network".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }

    fn inline_schema() -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(network: &str, address: &str, contained: bool) {
        let parsed: Network = network.parse().unwrap();
        assert_eq!(parsed.contains(address.parse().unwrap()), contained, "{address} in {network}");
    }

    #[test]
    fn network_contains_what_shares_its_bits() {
        check("10.0.0.0/8", "10.255.0.1", true);
        check("10.0.0.0/8", "11.0.0.1", false);
        check("192.0.2.128/25", "192.0.2.127", false);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:db8::/32", "2001:db9::", false);
        check("0.0.0.0/0", "203.0.113.9", true);
        check("0.0.0.0/0", "::1", false);
        check("::/0", "2001:db8::1", true);
        check("::1", "::1", true);
        check("127.0.0.1", "127.0.0.2", false);
    }

    #[test]
    fn customer_and_site_are_told_by_prefix() {
        let shown = |address: &str| {
            let address = address.parse().unwrap();
            [Network::of_customer(address), Network::of_site(address)].map(|network| network.to_string())
        };
        assert_eq!(shown("203.0.113.7"), ["203.0.113.7/32", "203.0.113.0/24"]);
        assert_eq!(shown("::ffff:203.0.113.7"), ["203.0.113.7/32", "203.0.113.0/24"]);
        assert_eq!(shown("2001:db8:1:2:3::4"), ["2001:db8:1:2::/64", "2001:db8:1::/48"]);
    }

    #[test]
    fn mapped_address_is_the_four_part_one() {
        check("10.0.0.0/8", "::ffff:10.1.2.3", true);
        check("::/0", "::ffff:10.1.2.3", false);
    }

    #[test]
    fn mapped_network_is_the_four_part_one() {
        // A host copies a banned address from a proxy or `ss`, which print it like this.
        check("::ffff:192.0.2.7", "192.0.2.7", true);
        check("::ffff:192.0.2.0/120", "192.0.2.255", true);
        check("::ffff:192.0.2.0/120", "192.0.3.0", false);
        check("::ffff:0:0/96", "203.0.113.9", true);
        check("::ffff:0:0/96", "2001:db8::1", false);
        let shown = |text: &str| text.parse::<Network>().unwrap().to_string();
        assert_eq!(shown("::ffff:192.0.2.7"), "192.0.2.7/32");
        assert_eq!(shown("::/0"), "::/0");
        assert!("::ffff:0:0/95".parse::<Network>().is_err(), "bits beyond the mask");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "a.example", "10.0.0.0/8/8", "10.0.0.0/"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        let text = "10.1.2.3/8".parse::<Network>().unwrap_err();
        assert!(text.ends_with("did you mean 10.0.0.0/8?"), "{text}");
    }

    #[test]
    fn network_reads_back_as_it_was_written() {
        for text in ["10.0.0.0/8", "2001:db8::/32", "0.0.0.0/0", "::1/128"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
    }
}
