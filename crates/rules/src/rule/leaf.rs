//! Leaves from YAML: subject, comparison, operands, each checked against the type of the other.

use std::sync::Arc;

use super::{Comparison, Context, Operand, Selection, Test, Zone, schema};
use crate::dictionary::{FactId, literal};
use crate::fault::unknown;
use crate::value::{Period, Type, Value};
use crate::yaml::{Node as Yaml, Reader};

/// Words that begin a leaf.
pub(super) const SUBJECTS: [&str; 5] = ["fait", "depuis", "lieu", "somme_durees", "nombre"];

const COMPARISONS: [(&str, Comparison); 5] = [
    ("est", Comparison::Equal),
    ("inferieur_a", Comparison::Less),
    ("au_plus", Comparison::AtMost),
    ("superieur_a", Comparison::More),
    ("au_moins", Comparison::AtLeast),
];
const OF_DATES: [(&str, Comparison); 4] = [
    ("avant", Comparison::Less),
    ("jusqu_au", Comparison::AtMost),
    ("apres", Comparison::More),
    ("a_partir_du", Comparison::AtLeast),
];
const OF_ELAPSED: [(&str, Comparison); 4] = [
    ("moins_de", Comparison::Less),
    ("au_plus", Comparison::AtMost),
    ("plus_de", Comparison::More),
    ("au_moins", Comparison::AtLeast),
];

/// The word of a comparison, as it is printed.
pub(super) fn word(comparison: Comparison, elapsed: bool) -> &'static str {
    let words: &[(&str, Comparison)] = if elapsed { &OF_ELAPSED } else { &COMPARISONS };
    words.iter().find(|(_, known)| *known == comparison).map_or("est", |(word, _)| word)
}

/// The test and the moment of a leaf; faults go to the reader.
pub(super) fn read(
    reader: &mut Reader<'_>,
    yaml: &Yaml,
    subject: &str,
    context: &Context,
) -> Option<(Test, Option<Operand>)> {
    let mut leaf = LeafReader { reader, yaml, context };
    let moment = match yaml.get("a") {
        Some(node) => Some(leaf.operand(node, "a", Type::Date, None)?),
        None => None,
    };
    let test = match subject {
        "fait" => leaf.fact(),
        "depuis" => leaf.elapsed(),
        "lieu" => leaf.place(),
        _ => leaf.history(subject),
    }?;
    Some((test, moment))
}

struct LeafReader<'r, 's, 'y> {
    reader: &'r mut Reader<'s>,
    yaml: &'y Yaml,
    context: &'y Context,
}

impl LeafReader<'_, '_, '_> {
    /// The only word of a list that the leaf uses; the words that stand beside it are checked too.
    fn comparison<'w>(&mut self, subject: &str, words: &[&'w str]) -> Option<&'w str> {
        self.reader.block(self.yaml, subject, schema::node(subject)?)?;
        let used: Vec<&str> = words.iter().copied().filter(|word| self.yaml.get(word).is_some()).collect();
        match used[..] {
            [word] => Some(word),
            [] => {
                let problem = format!("il manque ce qui est demandé ; attendu l’un de : {}", words.join(", "));
                self.reader.fault(self.yaml.at, subject, problem);
                None
            }
            _ => {
                let problem =
                    format!("une seule comparaison par condition, et non {} ; utilisez « tous »", used.join(" et "));
                self.reader.fault(self.yaml.at, subject, problem);
                None
            }
        }
    }

    fn subject(&mut self, subject: &str) -> Option<FactId> {
        let node = self.yaml.get(subject)?;
        let name = self.reader.text(node, subject)?;
        self.context.dictionary.find(self.reader, node.at, subject, &name)
    }

    fn fact(&mut self) -> Option<Test> {
        let fact = self.subject("fait")?;
        let (kind, list) = (self.context.dictionary.fact(fact).kind, self.context.dictionary.fact(fact).list);
        let mut words = vec!["renseigne", "absent_certifie"];
        match (list, kind) {
            (_, Type::Place) => {}
            (true, _) => words.extend(["parmi", "contient"]),
            (false, Type::Boolean) => words.push("est"),
            (false, Type::Date) => {
                words.extend(COMPARISONS.iter().chain(&OF_DATES).map(|(word, _)| *word));
                words.push("parmi");
            }
            (false, kind) if kind.is_ordered() => {
                words.extend(COMPARISONS.iter().map(|(word, _)| *word));
                words.push("parmi");
            }
            (false, _) => words.extend(["est", "parmi"]),
        }
        // Words of other types are named as such rather than as unknown words.
        let all = COMPARISONS.iter().chain(&OF_DATES).map(|(word, _)| *word).chain(["parmi", "contient"]);
        for misplaced in all.filter(|word| !words.contains(word)).collect::<Vec<_>>() {
            if let Some(node) = self.yaml.get(misplaced) {
                let advice = match self.context.dictionary.fact(fact).kind {
                    Type::Place => "demandez « lieu: …, couche: …, dans_zone: … »".to_owned(),
                    _ => format!("attendu l’un de : {}", words.join(", ")),
                };
                let kind = if list { format!("liste de {}", kind.name()) } else { kind.name().to_owned() };
                let problem = format!("« {misplaced} » n’a pas de sens pour un fait de type {kind} ; {advice}");
                self.reader.fault(node.at, "fait", problem);
                return None;
            }
        }
        let word = self.comparison("fait", &words)?;
        let node = self.yaml.get(word)?;
        match word {
            "renseigne" | "absent_certifie" => {
                if !self.reader.truth(node, word)? {
                    let problem =
                        format!("attendu : « {word}: vrai » ; pour le contraire, mettez la condition sous « aucun »");
                    self.reader.fault(node.at, word, problem);
                }
                Some(Test::Given { fact, absent: word == "absent_certifie" })
            }
            "parmi" | "contient" => {
                let nodes = node.list().unwrap_or(std::slice::from_ref(node));
                if nodes.is_empty() {
                    self.reader.fault(node.at, word, "la liste est vide ; aucune valeur n’y sera jamais");
                }
                let mut values = Vec::with_capacity(nodes.len());
                for node in nodes {
                    let value = self.literal(node, word, kind, Some(fact))?;
                    if values.contains(&value) {
                        self.reader.fault(node.at, word, format!("« {} » est deux fois dans la liste", value.plain()));
                    }
                    values.push(value);
                }
                Some(if word == "parmi" { Test::Among(fact, values) } else { Test::Contains(fact, values) })
            }
            word => {
                let comparison = COMPARISONS.iter().chain(&OF_DATES).find(|(known, _)| *known == word)?.1;
                let operand = self.operand(node, word, kind, Some(fact))?;
                if operand == Operand::Fact(fact) {
                    self.reader.fault(node.at, word, "un fait est comparé à lui-même");
                }
                Some(Test::Compare(fact, comparison, operand))
            }
        }
    }

    fn elapsed(&mut self) -> Option<Test> {
        let words = OF_ELAPSED.map(|(word, _)| word);
        let word = self.comparison("depuis", &words)?;
        let node = self.yaml.get("depuis")?;
        let since = match self.reader.source.scalar(node) {
            // The subject is a fact by its name, as in the other leaves.
            Some(name) if !name.starts_with('$') && Type::Date.read(&name).is_err() => {
                let name = name.into_owned();
                let fact = self.context.dictionary.find(self.reader, node.at, "depuis", &name)?;
                self.typed_fact(node, "depuis", fact, Type::Date)?
            }
            _ => self.operand(node, "depuis", Type::Date, None)?,
        };
        let comparison = OF_ELAPSED.iter().find(|(known, _)| *known == word)?.1;
        let period = self.operand(self.yaml.get(word)?, word, Type::Period, None)?;
        Some(Test::Elapsed(since, comparison, period))
    }

    fn place(&mut self) -> Option<Test> {
        self.comparison("lieu", &["dans_zone"])?;
        let fact = self.subject("lieu")?;
        let node = self.yaml.get("lieu")?;
        let kind = self.context.dictionary.fact(fact).kind;
        if kind != Type::Place {
            self.reader.fault(node.at, "lieu", format!("ce fait est de type {} ; attendu : un lieu", kind.name()));
        }
        let layer_node = self.reader.needed(self.yaml, "lieu", "couche")?;
        let layer = self.reader.text(layer_node, "couche")?;
        let classes = self.reader.words(self.yaml.get("dans_zone")?, "dans_zone");
        let names = Arc::clone(&self.context.names);
        if let Some(layers) = &names.layers {
            match layers.get(&layer) {
                None => {
                    let problem = unknown("n’est pas une couche de zonage", &layer, layers.keys().map(String::as_str));
                    self.reader.fault(layer_node.at, "couche", problem);
                }
                Some(known) => {
                    for (at, class) in classes.iter().filter(|(_, class)| !known.contains(class)) {
                        let what = format!("n’est pas une classe de la couche « {layer} »");
                        let problem = unknown(&what, class, known.iter().map(String::as_str));
                        self.reader.fault(*at, "dans_zone", problem);
                    }
                }
            }
        }
        let within_metres = match self.yaml.get("a_moins_de_km") {
            None => None,
            Some(node) => Some(self.metres(node)?),
        };
        let classes = classes.into_iter().map(|(_, class)| class.into()).collect();
        Some(Test::InZone(fact, Zone { layer: layer.into(), classes, within_metres }))
    }

    fn metres(&mut self, node: &Yaml) -> Option<u32> {
        let Value::Decimal(km) = literal(self.reader, node, "a_moins_de_km", Type::Decimal)? else { return None };
        let metres =
            km.checked_mul(1000.into()).filter(rust_decimal::Decimal::is_integer).and_then(|m| m.try_into().ok());
        if metres.is_none() {
            self.reader.fault(node.at, "a_moins_de_km", "attendu : des kilomètres, au mètre près, comme 10 ou 2,5");
        }
        metres
    }

    fn history(&mut self, subject: &str) -> Option<Test> {
        let words = COMPARISONS.map(|(word, _)| word);
        let words = if subject == "nombre" { &words[..] } else { &words[1..] };
        let word = self.comparison(subject, words)?;
        let selection = self.selection(self.yaml.get(subject)?, subject)?;
        let comparison = COMPARISONS.iter().find(|(known, _)| *known == word)?.1;
        let kind = if subject == "nombre" { Type::Integer } else { Type::Period };
        let limit = self.operand(self.yaml.get(word)?, word, kind, None)?;
        if let Operand::Literal(Value::Integer(count)) = limit
            && count < 0
        {
            self.reader.fault(self.yaml.at, subject, "un nombre d’aides n’est jamais négatif");
        }
        Some(if subject == "nombre" {
            Test::Count(selection, comparison, limit)
        } else {
            Test::Total(selection, comparison, limit)
        })
    }

    fn selection(&mut self, node: &Yaml, subject: &str) -> Option<Selection> {
        let known = if subject == "nombre" { &schema::COUNTED } else { &schema::SERVED };
        let node = self.reader.block(node, subject, known)?;
        let names = Arc::clone(&self.context.names);
        let programmes = self.reader.needed(node, subject, "programmes")?;
        let programmes =
            self.known_words(programmes, "programmes", "n’est pas un programme", names.programmes.as_deref());
        let states = node.get("etats").map_or_else(Vec::new, |states| {
            self.known_words(states, "etats", "n’est pas un état", names.states.as_deref())
        });
        let over = match node.get("sur") {
            None => None,
            Some(node) => match literal(self.reader, node, "sur", Type::Period)? {
                Value::Period(period) if period != Period::default() => Some(period),
                _ => {
                    self.reader.fault(node.at, "sur", "une période vide ne contient aucune aide");
                    None
                }
            },
        };
        Some(Selection { programmes, states, over })
    }

    fn known_words(&mut self, node: &Yaml, field: &str, what: &str, known: Option<&[String]>) -> Vec<Arc<str>> {
        let words = self.reader.words(node, field);
        for (at, word) in &words {
            if let Some(known) = known.filter(|known| !known.contains(word)) {
                self.reader.fault(*at, field, unknown(what, word, known.iter().map(String::as_str)));
            }
        }
        words.into_iter().map(|(_, word)| word.into()).collect()
    }

    /// An operand that compares with a type: `$parametre`, `{ fait: … }`, `date_examen`, or a literal.
    fn operand(&mut self, node: &Yaml, field: &str, kind: Type, of: Option<FactId>) -> Option<Operand> {
        if node.map().is_some() {
            let node = self.reader.block(node, field, &schema::OTHER_FACT)?;
            let name_node = self.reader.needed(node, field, "fait")?;
            let name = self.reader.text(name_node, field)?;
            let fact = self.context.dictionary.find(self.reader, name_node.at, field, &name)?;
            return self.typed_fact(name_node, field, fact, kind);
        }
        let text = self.reader.text(node, field)?;
        if let Some(name) = text.strip_prefix('$') {
            let parameter = self.context.parameters.find(self.reader, node.at, field, name)?;
            let found = self.context.parameters.parameter(parameter).kind;
            if !found.compares_with(kind) {
                let problem = format!("« {text} » est de type {} ; attendu : {}", found.name(), kind.name());
                self.reader.fault(node.at, field, problem);
                return None;
            }
            return Some(Operand::Parameter(parameter));
        }
        if kind == Type::Date && text == "date_examen" {
            return Some(Operand::Examination);
        }
        if kind == Type::Date && field == "a" && Type::Date.read(&text).is_err() {
            let fact = self.context.dictionary.find(self.reader, node.at, field, &text)?;
            return self.typed_fact(node, field, fact, kind);
        }
        self.literal(node, field, kind, of).map(Operand::Literal)
    }

    fn typed_fact(&mut self, node: &Yaml, field: &str, fact: FactId, kind: Type) -> Option<Operand> {
        let found = self.context.dictionary.fact(fact);
        if found.list || !found.kind.compares_with(kind) {
            let list = if found.list { "liste de " } else { "" };
            let problem =
                format!("« {} » est de type {list}{} ; attendu : {}", found.name, found.kind.name(), kind.name());
            self.reader.fault(node.at, field, problem);
            return None;
        }
        Some(Operand::Fact(fact))
    }

    /// A literal of a type; of the choices and within the bounds of a fact, when it is compared to one.
    fn literal(&mut self, node: &Yaml, field: &str, kind: Type, of: Option<FactId>) -> Option<Value> {
        // A whole number may be compared with a decimal one.
        let written = self.reader.source.scalar(node).map(std::borrow::Cow::into_owned).unwrap_or_default();
        if kind == Type::Integer && Type::Integer.read(&written).is_err() && Type::Decimal.read(&written).is_ok() {
            return literal(self.reader, node, field, Type::Decimal);
        }
        let value = literal(self.reader, node, field, kind)?;
        if let Some(fact) = of.map(|fact| self.context.dictionary.fact(fact))
            && kind.is_choice()
            && let Err(problem) = fact.accept(&value)
        {
            self.reader.fault(node.at, field, format!("{} : {problem}", fact.name));
            return None;
        }
        Some(value)
    }
}
