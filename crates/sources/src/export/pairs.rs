//! Pairs of places by the million, written block by block so that they need not fit in memory.
//!
//! Columns: `from`, `to` (text), `minutes` (decimal, to the thousandth: every tenth of a second is told apart). CSV as in
//! [`super::csv`]; Parquet with one row group per block, snappy, places as dictionaries, title and source in the metadata
//! of the file (`pacte.title`, `pacte.source`). The same pairs in the same blocks always give the same bytes.

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

/// What is said of the pairs in the file itself, where the format allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// What they are.
    pub title: String,
    /// Where they come from.
    pub source: String,
}

/// A pair: rank of the first place, rank of the second, minutes.
pub type Pair = (u32, u32, f64);

/// A file of pairs being written.
pub struct PairWriter<'a, W: Write + Send>(Inner<'a, W>);

enum Inner<'a, W: Write + Send> {
    Csv(Box<csv::Writer<BufWriter<W>>>, &'a [String], &'a [String]),
    Parquet(Box<SerializedFileWriter<W>>, Vec<ByteArray>, Vec<ByteArray>),
}

impl<'a, W: Write + Send> PairWriter<'a, W> {
    /// Begins a CSV file.
    ///
    /// # Errors
    /// When the destination refuses.
    pub fn csv(to: W, from: &'a [String], targets: &'a [String]) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(BufWriter::with_capacity(1 << 20, to));
        writer.write_record(["from", "to", "minutes"])?;
        Ok(Self(Inner::Csv(Box::new(writer), from, targets)))
    }

    /// Begins a Parquet file.
    ///
    /// # Errors
    /// When the destination refuses.
    pub fn parquet(to: W, from: &[String], targets: &[String], about: &About) -> io::Result<Self> {
        let names = |names: &[String]| names.iter().map(|name| ByteArray::from(name.as_str())).collect();
        let text = Some(LogicalType::String);
        let column = |name: &str, physical, logical: Option<LogicalType>| {
            Type::primitive_type_builder(name, physical)
                .with_repetition(Repetition::REQUIRED)
                .with_logical_type(logical)
                .build()
                .map(Arc::new)
        };
        let begin = || {
            let fields = vec![
                column("from", PhysicalType::BYTE_ARRAY, text.clone())?,
                column("to", PhysicalType::BYTE_ARRAY, text.clone())?,
                column("minutes", PhysicalType::DOUBLE, None)?,
            ];
            let schema = Arc::new(Type::group_type_builder("pairs").with_fields(fields).build()?);
            let metadata = vec![
                KeyValue::new("pacte.title".to_owned(), about.title.clone()),
                KeyValue::new("pacte.source".to_owned(), about.source.clone()),
            ];
            let properties = WriterProperties::builder()
                .set_created_by("pacte".to_owned())
                .set_compression(Compression::SNAPPY)
                .set_key_value_metadata(Some(metadata))
                .build();
            SerializedFileWriter::new(to, schema, Arc::new(properties))
        };
        Ok(Self(Inner::Parquet(Box::new(begin().map_err(other)?), names(from), names(targets))))
    }

    /// Writes a block.
    ///
    /// # Errors
    /// When the destination refuses.
    ///
    /// # Panics
    /// When a pair names a place that is not in the lists.
    pub fn write(&mut self, pairs: &[Pair]) -> io::Result<()> {
        if pairs.is_empty() {
            return Ok(());
        }
        match &mut self.0 {
            Inner::Csv(writer, from, to) => {
                let mut text = String::new();
                for (a, b, minutes) in pairs {
                    use std::fmt::Write as _;
                    text.clear();
                    // Writing to a string does not fail.
                    let _ = write!(text, "{minutes}");
                    writer.write_record([from[*a as usize].as_str(), to[*b as usize].as_str(), text.as_str()])?;
                }
                Ok(())
            }
            Inner::Parquet(writer, from, to) => group(writer, from, to, pairs).map_err(other),
        }
    }

    /// Ends the file and gives back its destination.
    ///
    /// # Errors
    /// When the destination refuses.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            Inner::Csv(writer, ..) => {
                let buffer = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
                buffer.into_inner().map_err(io::IntoInnerError::into_error)
            }
            Inner::Parquet(writer, ..) => writer.into_inner().map_err(other),
        }
    }
}

fn other(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(inner) => io::Error::other(inner),
        },
        error => io::Error::other(error),
    }
}

fn group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    from: &[ByteArray],
    to: &[ByteArray],
    pairs: &[Pair],
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("a column of the schema has no writer".to_owned());
    let mut group = writer.next_row_group()?;
    for names in [
        pairs.iter().map(|pair| from[pair.0 as usize].clone()).collect::<Vec<_>>(),
        pairs.iter().map(|pair| to[pair.1 as usize].clone()).collect(),
    ] {
        let mut column = group.next_column()?.ok_or_else(missing)?;
        column.typed::<ByteArrayType>().write_batch(&names, None, None)?;
        column.close()?;
    }
    let minutes: Vec<f64> = pairs.iter().map(|pair| pair.2).collect();
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<DoubleType>().write_batch(&minutes, None, None)?;
    column.close()?;
    group.close()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader as _, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    fn lists() -> (Vec<String>, Vec<String>) {
        (vec!["a,b".to_owned(), "é".to_owned()], vec!["x".to_owned(), "y".to_owned(), "z".to_owned()])
    }

    const BLOCKS: [&[Pair]; 3] = [&[(0, 2, 12.345), (0, 0, 0.0)], &[], &[(1, 1, 60.0)]];

    #[test]
    fn csv_quotes_what_must_be() {
        let (from, to) = lists();
        let mut writer = PairWriter::csv(Vec::new(), &from, &to).unwrap();
        for block in BLOCKS {
            writer.write(block).unwrap();
        }
        let text = String::from_utf8(writer.finish().unwrap()).unwrap();
        assert_eq!(text, "from,to,minutes\n\"a,b\",z,12.345\n\"a,b\",x,0\né,y,60\n");
    }

    #[test]
    fn parquet_reads_back() {
        let (from, to) = lists();
        let file = tempfile::tempfile().unwrap();
        let about = About { title: "Temps".to_owned(), source: "essai".to_owned() };
        let mut writer = PairWriter::parquet(file, &from, &to, &about).unwrap();
        for block in BLOCKS {
            writer.write(block).unwrap();
        }
        let reader = SerializedFileReader::new(writer.finish().unwrap()).unwrap();
        let rows: Vec<(String, String, f64)> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| {
                let row = row.unwrap();
                let fields: Vec<Field> = row.get_column_iter().map(|(_, field)| field.clone()).collect();
                match &fields[..] {
                    [Field::Str(from), Field::Str(to), Field::Double(minutes)] => (from.clone(), to.clone(), *minutes),
                    other => panic!("{other:?}"),
                }
            })
            .collect();
        let expected: Vec<(String, String, f64)> = BLOCKS
            .concat()
            .iter()
            .map(|(a, b, minutes)| (from[*a as usize].clone(), to[*b as usize].clone(), *minutes))
            .collect();
        assert_eq!(rows, expected);
        assert_eq!(reader.metadata().num_row_groups(), 2, "an empty block is no group");
        let kept = reader.metadata().file_metadata().key_value_metadata().unwrap();
        assert!(kept.iter().any(|pair| pair.key == "pacte.source" && pair.value.as_deref() == Some("essai")));
    }
}
