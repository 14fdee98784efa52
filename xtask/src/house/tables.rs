//! Prints the measures, one table for each.

use super::{Measures, names::Name};
use crate::source::cycles::Cycle;

/// Names that are printed of a list; the rest are in the file of `--json`.
const NAMES_SHOWN: usize = 40;

pub(super) fn print(Measures { shape, names, words }: &Measures) {
    let rows = shape.modules.iter().map(|found| vec![found.name.clone(), found.top.to_string(), found.all.to_string()]);
    table("Modules of each crate", &["crate", "top", "all"], rows);

    println!("Cycles of imports between modules (tests left out): {}\n", shape.cycles.len());
    shape.cycles.iter().for_each(print_cycle);

    let rows = shape.lines.iter().map(|found| {
        let numbers = [found.files, found.median, found.p90, found.max].map(|number| number.to_string());
        [found.package.clone()].into_iter().chain(numbers).chain([found.longest.clone()]).collect()
    });
    table("Lines of Rust files", &["package", "files", "median", "p90", "max", "longest"], rows);

    for (title, folders) in [
        ("Folders with more than twelve files", &shape.full_folders),
        ("Folders with fewer than three entries", &shape.small_folders),
    ] {
        let rows = folders
            .iter()
            .map(|folder| vec![folder.path.clone(), folder.files.to_string(), folder.folders.to_string()]);
        table(title, &["folder", "files", "folders"], rows);
    }

    let sum = |numbers: &mut dyn Iterator<Item = usize>| numbers.sum::<usize>().to_string();
    let rows = words
        .docs
        .iter()
        .map(|docs| vec![docs.package.clone(), docs.blocks.to_string(), docs.short.to_string(), docs.example.clone()]);
    let all = vec![
        "all".to_owned(),
        sum(&mut words.docs.iter().map(|docs| docs.blocks)),
        sum(&mut words.docs.iter().map(|docs| docs.short)),
        String::new(),
    ];
    table("Doc blocks of at most three words", &["package", "blocks", "short", "the first"], rows.chain([all]));

    let rows = words.relapses.iter().map(|found| {
        let numbers = [found.docs, found.comments, found.messages, found.documents].map(|number| number.to_string());
        [found.package.clone()].into_iter().chain(numbers).chain([found.example.clone()]).collect()
    });
    let all = vec![
        "all".to_owned(),
        sum(&mut words.relapses.iter().map(|found| found.docs)),
        sum(&mut words.relapses.iter().map(|found| found.comments)),
        sum(&mut words.relapses.iter().map(|found| found.messages)),
        sum(&mut words.relapses.iter().map(|found| found.documents)),
        String::new(),
    ];
    let titles = ["package", "docs", "comments", "messages", "Markdown", "the first"];
    table("Lines with words that the style gives up", &titles, rows.chain([all]));
    let rows = words.by_word.iter().map(|(word, count)| vec![word.clone(), count.to_string()]);
    table("The same by word", &["word", "lines"], rows);

    print_names("Names of public types that are defined more than once", &names.public);
    print_names("The same with types that are public in their crate", &names.shared);

    let rows = names
        .scattered
        .iter()
        .map(|found| vec![found.name.clone(), found.files.len().to_string(), found.files.join(" ")]);
    table("Types whose `impl` blocks are in more than three files", &["type", "files", ""], rows);

    let rows = names.large.iter().map(|found| vec![found.name.clone(), found.fields.to_string(), found.place.clone()]);
    table("Structs with more than twenty fields", &["struct", "fields", "place"], rows);
}

fn print_cycle(cycle: &Cycle) {
    println!("  {}: {}", cycle.place(), cycle.members.join(", "));
    let circle: Vec<&str> = cycle.shortest(&cycle.members[0]).iter().map(|edge| edge.from.as_str()).collect();
    println!("    a short one: {} -> {}", circle.join(" -> "), cycle.members[0]);
    for edge in &cycle.edges {
        println!("    {} -> {}  {} ({}:{})", edge.from, edge.to, edge.path, edge.file, edge.line);
    }
    println!();
}

fn print_names(title: &str, names: &[Name]) {
    let shown = names.iter().take(NAMES_SHOWN);
    let rows = shown.map(|name| vec![name.name.clone(), name.places.len().to_string(), name.places.join(" ")]);
    table(&format!("{title}: {}", names.len()), &["name", "times", ""], rows);
    if names.len() > NAMES_SHOWN {
        println!("  and {} more\n", names.len() - NAMES_SHOWN);
    }
}

/// Prints a title and rows; columns of numbers are aligned to the right.
fn table(title: &str, titles: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    println!("{title}\n");
    let rows: Vec<Vec<String>> = rows.collect();
    if rows.is_empty() {
        println!("  none\n");
        return;
    }
    print!("{}", laid_out(titles, &rows));
    println!();
}

fn laid_out(titles: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([titles[column].chars().count()]).max().unwrap_or_default()
    };
    let is_number = |column: usize| rows.iter().all(|row| row[column].parse::<usize>().is_ok());
    let columns: Vec<(usize, bool)> = (0..titles.len()).map(|column| (width(column), is_number(column))).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let cells =
            cells.zip(&columns).map(
                |(cell, &(width, is_number))| {
                    if is_number { format!("{cell:>width$}") } else { format!("{cell:width$}") }
                },
            );
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_owned() + "\n"
    };
    let head = line(&mut titles.iter().copied());
    rows.iter().fold(head, |text, row| text + &line(&mut row.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_aligned_to_the_right_and_words_to_the_left() {
        let rows = [("a", "1"), ("long", "200")].map(|(name, number)| vec![name.to_owned(), number.to_owned()]);
        assert_eq!(laid_out(&["n", "count"], &rows), "  n     count\n  a         1\n  long    200\n");
    }
}
