//! `/metrics` of a server with players shows exactly the metrics in the table, with these types and labels.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use arena::rules::World;
use server::{config::Games, games::game};
use std::collections::{BTreeMap, BTreeSet};

use server::{
    config::Config,
    lifecycle::run::Server,
    ops::metrics::table::{Kind, Metric, TABLE},
};

/// One scrape: types by metric, and each sample's metric with its labels.
#[derive(Default)]
struct Scrape {
    types: BTreeMap<String, String>,
    samples: BTreeSet<(String, BTreeMap<String, String>)>,
}

fn scrape(text: &str) -> Scrape {
    let mut scrape = Scrape::default();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(line) = line.strip_prefix("# TYPE ") {
            let (name, kind) = line.split_once(' ').unwrap();
            scrape.types.insert(name.to_owned(), kind.to_owned());
        } else if !line.starts_with('#') {
            let (name, labels) = sample(line);
            let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
            let name = base.filter(|base| scrape.types.contains_key(*base)).unwrap_or(&name).to_owned();
            scrape.samples.insert((name, labels));
        }
    }
    scrape
}

fn sample(line: &str) -> (String, BTreeMap<String, String>) {
    let (series, _value) = line.rsplit_once(' ').unwrap();
    let Some((name, labels)) = series.split_once('{') else { return (series.to_owned(), BTreeMap::new()) };
    let labels = labels.trim_end_matches('}').split("\",").map(|label| label.split_once("=\"").unwrap());
    let labels = labels.map(|(name, value)| (name.to_owned(), value.trim_end_matches('"').to_owned()));
    (name.to_owned(), labels.filter(|(name, _)| name != "le").collect())
}

/// A server that has ticked, reserved a seat, refused one, and answered on both listeners.
async fn played() -> String {
    let any = "127.0.0.1:0".parse().unwrap();
    let server =
        Server::start(Games::new(&[game::<World>()]), Config { http: any, udp: any, ops: any, ..Config::default() })
            .unwrap();
    let client = reqwest::Client::new();
    let join = format!("http://{}/api/join", server.http());
    client.post(&join).json(&serde_json::json!({ "name": "Ann" })).send().await.unwrap();
    client.post(&join).body("no JSON").send().await.unwrap();
    loop {
        let text = client.get(format!("http://{}/metrics", server.ops())).send().await.unwrap().text().await.unwrap();
        // Shards count in batches, and a request is counted when it has been answered.
        let counted = |start: &str| text.lines().any(|line| line.starts_with(start) && !line.ends_with(" 0"));
        if counted("ricochet_ticks_total") && counted("ricochet_http_requests_total{listener=\"ops\"") {
            server.shutdown().await;
            return text;
        }
    }
}

#[tokio::test]
async fn played_server_shows_the_table_and_nothing_else() {
    let text = played().await;
    let Scrape { types, samples } = scrape(&text);
    let table: BTreeMap<&str, &Metric> = TABLE.iter().map(|metric| (metric.name, metric)).collect();
    let shown: BTreeSet<&str> = samples.iter().map(|(name, _)| name.as_str()).collect();
    let documented: BTreeSet<&str> = table.keys().copied().collect();
    let only_shown: Vec<_> = shown.difference(&documented).collect();
    let only_documented: Vec<_> = documented.difference(&shown).collect();
    assert!(
        only_shown.is_empty() && only_documented.is_empty(),
        "{only_shown:?} have no entry, {only_documented:?} are not shown"
    );
    for (name, labels) in &samples {
        let metric = table[name.as_str()];
        assert_eq!(types[name], metric.kind.name(), "{name}");
        let names: BTreeSet<&str> = labels.keys().map(String::as_str).collect();
        let expected: BTreeSet<&str> = metric.labels.iter().map(|label| label.name).collect();
        assert_eq!(names, expected, "{name}");
        for label in metric.labels.iter().filter(|label| !label.values.is_empty()) {
            assert!(label.values.contains(&labels[label.name].as_str()), "{name}: {labels:?}");
        }
    }
    for metric in TABLE.iter().filter(|metric| metric.kind != Kind::Histogram) {
        for labels in metric.combinations() {
            let labels = labels.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            assert!(samples.contains(&(metric.name.to_owned(), labels)), "{} is not there from the start", metric.name);
        }
    }
}

/// A foreign page can make a name resolve to this machine and let its visitor's browser ask; the request then has that name.
#[tokio::test]
async fn figures_and_health_are_for_those_who_ask_by_a_name_of_this_machine() {
    let any = "127.0.0.1:0".parse().unwrap();
    let server =
        Server::start(Games::new(&[game::<World>()]), Config { http: any, udp: any, ops: any, ..Config::default() })
            .unwrap();
    let client = reqwest::Client::new();
    for path in ["metrics", "healthz", "readyz", "admin", "admin/api/state"] {
        let asked = |host: String| {
            let request = client.get(format!("http://{}/{path}", server.ops())).header("host", host);
            async { request.send().await.unwrap() }
        };
        let port = server.ops().port();
        for foreign in ["evil.example".to_owned(), format!("evil.example:{port}"), "127.0.0.1.evil.example".to_owned()]
        {
            let response = asked(foreign.clone()).await;
            assert_eq!(response.status(), 403, "{path} by {foreign}");
            assert!(response.text().await.unwrap().contains("wrong_host"), "{path} by {foreign}");
        }
        for own in [format!("127.0.0.1:{port}"), "localhost".to_owned(), format!("[::1]:{port}")] {
            assert_ne!(asked(own.clone()).await.status(), 403, "{path} by {own}");
        }
    }
    server.shutdown().await;
}
