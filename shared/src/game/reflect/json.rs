//! Serde's traits for reflected values: they are written and read as JSON or in any other format.

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};

use super::Reflected;

impl Serialize for Reflected {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) => serializer.serialize_i64(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(list) => {
                let mut out = serializer.serialize_seq(Some(list.len()))?;
                list.iter().try_for_each(|value| out.serialize_element(value))?;
                out.end()
            }
            Self::Fields(fields) => {
                let mut out = serializer.serialize_map(Some(fields.len()))?;
                fields.iter().try_for_each(|(name, value)| out.serialize_entry(name, value))?;
                out.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Reflected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReflectedVisitor)
    }
}

struct ReflectedVisitor;

impl<'de> Visitor<'de> for ReflectedVisitor {
    type Value = Reflected;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("a JSON value, with integers of at most 64 bits with sign")
    }

    fn visit_unit<E>(self) -> Result<Reflected, E> {
        Ok(Reflected::Nothing)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Reflected, E> {
        Ok(Reflected::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Reflected, E> {
        Ok(Reflected::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Reflected, E> {
        i64::try_from(value).map(Reflected::Int).map_err(E::custom)
    }

    fn visit_f64<E>(self, value: f64) -> Result<Reflected, E> {
        Ok(Reflected::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Reflected, E> {
        Ok(Reflected::Text(value.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Reflected, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Reflected::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Reflected, A::Error> {
        let mut fields = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, _>()? {
            fields.push((name.into(), value));
        }
        Ok(Reflected::Fields(fields))
    }
}
