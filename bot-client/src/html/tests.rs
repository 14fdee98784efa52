//! Checks whole pages: well-formed, complete, and safe against markup in names and commands.

use roxmltree::Document;
use serde_json::{Value, json};

use super::*;
use crate::samples;

fn page_of(result: Value) -> String {
    page(result).unwrap().render()
}

#[test]
fn result_lies_beside_its_page() {
    let folder = samples::folder("page");
    write(samples::capacity(), &folder).unwrap();
    let read = |name| fs::read_to_string(folder.join(name)).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&read("report.json")).unwrap(), samples::capacity());
    assert_eq!(read("index.html"), page_of(samples::capacity()));
}

fn run_page(change: impl FnOnce(&mut Value)) -> String {
    let mut result = serde_json::to_value(samples::run(20)).unwrap();
    change(&mut result);
    page_of(result)
}

/// Parses the visible part of the page, which is valid XML, and calls `look` with it.
fn body(page: &str, look: impl FnOnce(Document<'_>)) {
    let (from, to) = (page.find("<body>").unwrap(), page.find("</body>").unwrap());
    look(Document::parse(&page[from..to + "</body>".len()]).unwrap());
}

fn titles(document: &Document<'_>, tag: &str) -> Vec<String> {
    let named = document.descendants().filter(|node| node.has_tag_name(tag));
    named.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

#[test]
fn page_of_a_run_is_well_formed_and_shows_every_figure() {
    body(&run_page(|_| ()), |document| {
        assert_eq!(
            titles(&document, "h3"),
            [
                "Players",
                "Server's tick, ms",
                "Round trip, ms",
                "Input to effect above the round trip, ms",
                "Bytes per second, all players",
                "CPU, % of a core",
                "Round trip, % of all",
                "Between two snapshots, % of all",
                "Input to effect, % of all",
                "Input to effect above the round trip, % of all",
                "Round trip, ms",
                "Between two snapshots, ms",
                "Input to effect, ms",
            ]
        );
        let text: String = document.descendants().filter_map(|node| node.text()).collect();
        for figure in
            ["3 bots (fight)", "all well", "ricochet-bots --bots 3", "A server", "1.5", "2026-02-03 04:05:06 UTC"]
        {
            assert!(text.contains(figure), "{figure} is missing");
        }
        for node in document.descendants().filter(|node| node.has_tag_name("path") || node.has_tag_name("rect")) {
            let odd =
                node.attributes().find(|attribute| ["NaN", "inf"].iter().any(|odd| attribute.value().contains(odd)));
            assert_eq!(odd, None);
        }
    });
}

#[test]
fn page_needs_nothing_but_itself() {
    let page = run_page(|_| ());
    for foreign in ["<script", "<link", "<img", " src=", "url(", "@import", "href="] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("prefers-color-scheme: light"));
}

#[test]
fn text_of_others_is_escaped() {
    let evil = "</svg><script>alert('1')</script>\"&";
    let page = run_page(|run| {
        run["problems"] = json!({ evil: 2 });
        run["origin"]["command"] = evil.into();
        run["origin"]["server"]["name"] = evil.into();
        run["origin"]["machine"]["cpu"] = evil.into();
        run["by_transport"][evil] = run["by_transport"]["ws"].clone();
    });
    assert!(!page.contains("<script"));
    body(&page, |document| {
        let found =
            document.descendants().filter(|node| node.is_text() && node.text().is_some_and(|text| text.contains(evil)));
        assert!(found.count() >= 5);
    });
}

#[test]
fn run_without_curves_and_server_has_a_page_without_them() {
    let page = run_page(|run| {
        for later in ["timeline", "spreads", "origin", "server"] {
            run.as_object_mut().unwrap().remove(later);
        }
        run["by_transport"] = json!({});
        run["state_mismatches"] = 3.into();
    });
    body(&page, |document| assert_eq!(titles(&document, "h3"), [""; 0]));
    assert!(page.contains("not well"));
}

#[test]
fn page_of_a_search_shows_every_step_and_what_broke() {
    body(&page_of(samples::capacity()), |document| {
        assert_eq!(
            titles(&document, "h3"),
            [
                "Server's tick, ms",
                "A tick by its phases, ms",
                "Ticks late, ms",
                "Input to effect above the round trip, ms",
                "Bytes per second and player",
                "CPU, % of a core",
            ]
        );
        let text: String = document.descendants().filter_map(|node| node.text()).collect();
        for figure in [
            "Holds 700 players",
            "first limit: send",
            "broke: tick_p99_ms<10",
            "800",
            "A server",
            "A processor",
            "capacity --slo",
            "2026-02-03 04:05:06 UTC",
        ] {
            assert!(text.contains(figure), "{figure} is missing");
        }
    });
}

#[test]
fn search_with_few_figures_has_a_page() {
    let page = page_of(
        json!({ "steps": [{ "players": 50, "tick_ms": null, "server_cpu_percent": null }], "lower_bound": true }),
    );
    assert!(page.contains("Holds none of the numbers tried"));
}

#[test]
fn page_of_a_comparison_marks_what_is_worse() {
    let before = samples::run(20);
    let mut after = before.clone();
    after.down_bytes_per_player_s *= 2.0;
    let comparison = Comparison::of_runs(["a.json", "<b>.json"].map(str::to_owned), &before, &after);
    body(&comparison::page(&comparison).render(), |document| {
        let worse: Vec<_> = document.descendants().filter(|node| node.attribute("class") == Some("worse")).collect();
        assert_eq!(worse.len(), 1);
        assert_eq!(worse[0].first_element_child().unwrap().text(), Some("bytes down per player and second"));
    });
}
