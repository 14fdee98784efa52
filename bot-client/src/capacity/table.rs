//! The result as text: the curve as a table, and the verdict.

use comfy_table::{Table, presets::UTF8_HORIZONTAL_ONLY};

use super::{answer::Answer, step::Step};
use crate::measure::percentiles::Percentiles;

/// The curve as a table, fewest players first, and the verdict.
pub(crate) fn render(answer: &Answer) -> String {
    let mut steps: Vec<&Step> = answer.steps.iter().collect();
    steps.sort_by_key(|step| step.players);
    let mut table = Table::new();
    table.load_preset(UTF8_HORIZONTAL_ONLY).set_header([
        "players",
        "kept",
        "tick p50 p99 p99.9\nms",
        "late p99\nms",
        "input to effect above\nround trip p50 p99, ms",
        "down, up\nB/s each",
        "CPU server, bots\n% of a core",
        "bots late\np99 ms",
    ]);
    for step in steps {
        table.add_row([
            step.players.to_string(),
            if step.kept { "yes" } else { "NO" }.to_owned(),
            or_dash(step.tick_ms, |Percentiles { p50, p99, p999, .. }| format!("{p50:.2} {p99:.2} {p999:.2}")),
            or_dash(step.late_ms, |late| format!("{:.2}", late.p99)),
            format!("{:.2} {:.2}", step.input_to_effect_above_rtt_ms.p50, step.input_to_effect_above_rtt_ms.p99),
            format!("{:.0}, {:.0}", step.down_bytes_per_s_each, step.up_bytes_per_s_each),
            format!("{}, {}", or_dash(step.server_cpu_percent, percent), or_dash(step.bots_cpu_percent, percent)),
            format!("{:.1}", step.bots_late_ms.p99),
        ]);
    }
    format!("{table}\n{}", verdict(answer))
}

/// One step in a line, printed as progress.
pub(crate) fn line(step: &Step) -> String {
    let tick = step.tick_ms.map_or_else(String::new, |tick| format!(", tick p99 {:.2} ms", tick.p99));
    let effect = format!(", input to effect above round trip p99 {:.2} ms", step.input_to_effect_above_rtt_ms.p99);
    let cpu = format!(", bots {} % of a core", or_dash(step.bots_cpu_percent, percent));
    let verdict = if step.kept { "kept".to_owned() } else { format!("BROKE {}", step.broke.join("; ")) };
    format!("{:>6} players{tick}{effect}{cpu}: {verdict}", step.players)
}

fn verdict(answer: &Answer) -> String {
    let Answer { steps, players, broke_at, limit, limit_in_words, lower_bound, interrupted, origin, .. } = answer;
    let at_least = if *lower_bound { "at least " } else { "" };
    let game = match origin.game.name.as_str() {
        "" => String::new(),
        name => format!(" of {name}"),
    };
    let mut text = format!("holds {at_least}{players} players{game}");
    if *interrupted {
        text += " (interrupted)";
    }
    let Some(broke_at) = broke_at else { return text + "; nothing broke, try a larger --max" };
    let broke = steps.iter().rfind(|step| step.players == *broke_at && !step.kept);
    let broke = broke.map(|step| step.broke.join("; ")).unwrap_or_default();
    text += &format!("\n{broke_at} broke: {broke}\nfirst limit: {}: {limit_in_words}", limit.label());
    if limit == &super::limit::Limit::Bots {
        text += "\nThe bots were the limit, so this is a lower bound: give them more --threads, cores or machines.";
    }
    text
}

fn percent(percent: f64) -> String {
    format!("{percent:.0}")
}

fn or_dash<T>(value: Option<T>, text: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), text)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::{
        capacity::{args::CapacityArgs, search::Search, step::tests::step},
        cli::Cli,
        report::origin::Origin,
    };

    fn answer(from: u32, steps: Vec<Step>) -> Answer {
        let line = format!("ricochet-bots capacity --slo joined>=15 --from {from} --max 16 --precision 16");
        let Some(crate::cli::Command::Capacity(args)) = Cli::parse_from(line.split(' ')).command else {
            unreachable!()
        };
        let args: CapacityArgs = *args;
        let mut search = Search::new(args.bounds().unwrap());
        for step in &steps {
            search.handle_verdict(step.kept);
        }
        Answer::new(&args, &search, steps, Origin::default())
    }

    #[test]
    fn table_names_what_broke_and_its_limit() {
        let answer = answer(16, vec![step(14, None, "joined>=15"), step(14, None, "joined>=15")]);
        assert_eq!((answer.players, answer.broke_at, answer.lower_bound), (0, Some(16), false));
        let text = render(&answer);
        for part in ["holds 0 players", "16 broke: joined>=15 (14)", "first limit: joins"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn search_without_a_break_is_a_lower_bound() {
        let mut answer = answer(16, vec![step(16, None, "joined>=15")]);
        assert_eq!((answer.players, answer.broke_at, answer.lower_bound, answer.interrupted), (16, None, true, false));
        assert!(render(&answer).contains("holds at least 16 players; nothing broke"));
        answer.origin.game.name = "pond".to_owned();
        assert!(render(&answer).contains("holds at least 16 players of pond; nothing broke"));
    }

    #[test]
    fn search_that_was_ended_early_is_a_lower_bound() {
        let answer = answer(8, vec![Step { players: 8, ..step(16, None, "joined>=15") }]);
        assert!(answer.interrupted && answer.lower_bound);
        assert!(render(&answer).contains("at least 8 players (interrupted)"));
    }
}
