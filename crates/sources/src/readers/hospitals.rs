//! Hospital sites geocoded by Eurostat from FINESS: `id,hospital_name,site_name,lat,lon,geo_qual,…,ref_date,…`, one row a
//! site. The columns of beds and emergency are empty in the French file and are not read.
//!
//! Recognised by its header; the year is that of `ref_date` (day/month/year). The FINESS number has lost its leading zero in
//! the file: it is given back. A doubled site or coordinates that are not numbers stop the file; sites without coordinates
//! are set aside. The file gives no commune: [`locate`] finds it once contours and points of communes are known.

use pacte_territory::spatial::SpatialIndex;
use pacte_territory::{Aggregation, Place, PlaceKind, TerritoryParts};
use rustc_hash::FxHashMap;

use crate::base::Base;
use crate::catalogue::{Format, Probe, Stage, Vintage};
use crate::delimited::Delimited;
use crate::error::{Fault, SourceError};
use crate::input::InputFile;
use crate::output::{ColumnHead, Output};
use crate::progress::Task;
use crate::report::FileReport;

/// Hospital sites, Eurostat.
pub const FORMAT: Format = Format {
    id: "hospitals",
    title: "Eurostat, établissements hospitaliers géocodés (d’après FINESS)",
    stage: Stage::Values,
    recognise,
    read,
};

const CONCEPT: &str = "supply.hospital_site";
/// Year of the only edition published in this form, for a file that does not say.
const VINTAGE: i16 = 2020;
/// A site outside every contour (coast, simplification) belongs to the nearest commune within this distance, in km.
const SHORE_KM: f64 = 10.0;
/// Length of a FINESS number.
const FINESS: usize = 9;

fn recognise(probe: &Probe<'_>) -> Option<Vintage> {
    probe
        .has_columns(&["id", "hospital_name", "lat", "lon", "geo_qual", "facility_type"])
        .then(|| Vintage { year: year_of_reference(probe.head()).or_else(|| probe.year_in_name()), geography: None })
}

/// Year of the first `JJ/MM/AAAA` after the header: `ref_date` comes before `pub_date`.
fn year_of_reference(head: &str) -> Option<i16> {
    let rows = head.split_once('\n')?.1;
    let is_date = |text: &[u8]| {
        text.iter().enumerate().all(|(i, b)| if i == 2 || i == 5 { *b == b'/' } else { b.is_ascii_digit() })
    };
    let at = rows.as_bytes().windows(10).position(is_date)?;
    rows.get(at + 6..at + 10)?.parse().ok()
}

fn read(file: &InputFile, base: &Base, task: &Task) -> Result<(Output, FileReport), SourceError> {
    let text = file.text()?;
    let mut table = Delimited::open(file, &text, task)?;
    let [id, name, site, lat, lon, quality, kind, sector] = table.columns([
        "id",
        "hospital_name",
        "site_name",
        "lat",
        "lon",
        "geo_qual",
        "facility_type",
        "public_private",
    ])?;
    let mut report = FileReport::new(file);
    let mut places = Vec::new();
    let mut lines: FxHashMap<String, u64> = FxHashMap::default();
    while let Some(row) = table.next_row()? {
        report.rows_read += 1;
        let finess = format!("{:0>FINESS$}", row.filled(id)?);
        if let Some(first) = lines.insert(finess.clone(), row.line()) {
            return Err(SourceError::doubled(&file.name, &finess, first, row.line()));
        }
        let (Some(y), Some(x)) = (row.optional_number(lat)?, row.optional_number(lon)?) else {
            report.leave_out("site sans coordonnées", || format!("{finess} (ligne {})", row.line()));
            continue;
        };
        for (value, limit, column) in [(y, 90.0, lat), (x, 180.0, lon)] {
            if value.abs() > limit {
                let problem = "ce n’est pas une coordonnée en degrés";
                return Err(row.error(column, Fault::BadValue, problem, "Corrigez la valeur : degrés décimaux WGS84."));
            }
        }
        let sector = match row.text(sector) {
            "public" => ", public",
            "private" => ", privé",
            _ => "",
        };
        places.push(Place {
            kind: PlaceKind::Hospital,
            id: finess,
            name: [row.text(name), row.text(site)]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" – "),
            detail: format!("{}{sector} ; géocodage de qualité {} sur 3", row.text(kind), row.text(quality)),
            lon: x,
            lat: y,
            commune: None,
        });
        report.matched += 1;
    }
    report.hash = file.hash();
    let vintage = file.vintage.unwrap_or(VINTAGE);
    let head = ColumnHead {
        concept: CONCEPT,
        vintage,
        label: "Sites hospitaliers",
        unit: "sites",
        aggregation: Aggregation::Sum,
    };
    let method =
        "Sites comptés dans la commune dont le contour les contient, à défaut dans la plus proche à moins de 10 km.";
    let columns = vec![head.column(file, base.year, method, vec![f64::NAN; base.len()])];
    Ok((Output { columns, places, ..Output::default() }, report))
}

/// Finds the commune of each hospital that has none, and fills the column `supply.hospital_site` left open by the reader.
///
/// A site lies in the commune whose contour contains it, else in the nearest one within 10 km. Returns how many sites lie in
/// no commune of the territory; does nothing when no file brought the column.
pub fn locate(parts: &mut TerritoryParts) -> usize {
    let Some(column) = parts.columns.iter_mut().find(|column| column.concept == CONCEPT) else { return 0 };
    let index = SpatialIndex::new(&parts.communes.lon, &parts.communes.lat, &parts.topology);
    column.values.fill(0.0);
    let mut outside = 0;
    for place in parts.places.iter_mut().filter(|place| place.kind == PlaceKind::Hospital) {
        place.commune =
            place.commune.or_else(|| index.containing(place.lon, place.lat, &parts.topology)).or_else(|| {
                let nearest = index.nearest(place.lon, place.lat, 1).first().copied();
                nearest.filter(|(_, km)| *km <= SHORE_KM).map(|(commune, _)| commune)
            });
        match place.commune {
            Some(commune) => column.values[commune as usize] += 1.0,
            None => outside += 1,
        }
    }
    outside
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::base;
    use crate::progress::Silent;

    const HEADER: &str = "id,hospital_name,site_name,lat,lon,geo_qual,facility_type,public_private,ref_date,pub_date\n";

    fn import(rows: &str) -> Result<(Output, FileReport), SourceError> {
        let file = InputFile::in_memory("hopitaux.csv", (HEADER.to_owned() + rows).into_bytes());
        let vintage = recognise(&Probe::new(&file)?).expect("recognised");
        assert_eq!(vintage.year, Some(2020));
        read(&file, &base(), &Task::start(&Silent, "", 0))
    }

    #[test]
    fn sites_keep_their_number_type_and_quality() {
        let (output, report) = import(
            "10000024,CH A,SITE NORD,46.2,5.2,1,Centre Hospitalier (C.H.),public,06/03/2020,16/04/2020\n\
             2A0000022,CH B,,41.9,8.7,3,Etablissement de Soins Chirurgicaux,,06/03/2020,16/04/2020\n\
             10000099,CH C,,,,,Centre Hospitalier (C.H.),public,06/03/2020,16/04/2020\n",
        )
        .unwrap();
        assert_eq!(output.places[0].id, "010000024");
        assert_eq!(output.places[0].name, "CH A – SITE NORD");
        assert_eq!(output.places[0].detail, "Centre Hospitalier (C.H.), public ; géocodage de qualité 1 sur 3");
        assert_eq!((output.places[1].id.as_str(), output.places[1].lat), ("2A0000022", 41.9));
        assert_eq!((report.rows_read, report.matched, report.left_out_total()), (3, 2, 1));
        assert_eq!(report.left_out[0].examples, ["010000099 (ligne 4)"]);
    }

    #[test]
    fn doubles_and_wild_coordinates_are_refused() {
        let row = "10000024,CH A,,46.2,5.2,1,CH,public,06/03/2020,16/04/2020\n";
        let error = import(&row.repeat(2)).unwrap_err();
        assert_eq!((error.fault, error.line), (Fault::Doubled, Some(3)));
        let error = import(&row.replace("46.2", "6573124")).unwrap_err();
        assert_eq!((error.line, error.column.as_deref()), (Some(2), Some("lat")));
    }

    #[test]
    fn sites_are_counted_where_they_lie() {
        let (output, _) = import(
            "1,A,,46.21,5.2,1,CH,public,06/03/2020,16/04/2020\n2,B,,46.23,5.2,1,CH,public,06/03/2020,16/04/2020\n\
             3,C,,46.3,5.2,1,CH,public,06/03/2020,16/04/2020\n4,D,,-12.8,45.2,1,CH,public,06/03/2020,16/04/2020\n",
        )
        .unwrap();
        let base = base();
        let mut communes = base.communes.clone();
        // Only the first commune has a contour; the second is a point 5 km north of site C.
        (communes.lon, communes.lat) =
            (vec![5.2, 5.2, f64::NAN, f64::NAN, f64::NAN], vec![46.2, 46.345, f64::NAN, f64::NAN, f64::NAN]);
        let mut builder = pacte_territory::TopologyBuilder::new(base.len());
        builder.add(0, &[vec![[5.1, 46.1], [5.3, 46.1], [5.3, 46.22], [5.1, 46.22], [5.1, 46.1]]]).unwrap();
        let mut parts = TerritoryParts {
            meta: pacte_territory::TerritoryMeta {
                name: String::new(),
                nature: base.nature,
                geography: crate::base::first_of(2024),
                files: Vec::new(),
            },
            communes,
            municipal_arrondissements: Vec::new(),
            groupings: Vec::new(),
            columns: output.columns,
            area_columns: Vec::new(),
            adjacency: Vec::new(),
            topology: builder.build(),
            crosswalk: base.crosswalk.clone(),
            places: output.places,
            lines: Vec::new(),
            quarters: Vec::new(),
            methods: Vec::new(),
            couples: Vec::new(),
            care: pacte_territory::CareRegister::default(),
        };
        assert_eq!(locate(&mut parts), 1, "D is in another ocean");
        let communes: Vec<Option<u32>> = parts.places.iter().map(|place| place.commune).collect();
        assert_eq!(communes, [Some(0), Some(0), Some(1), None]);
        assert_eq!(parts.columns[0].values, [2.0, 1.0, 0.0, 0.0, 0.0]);
    }
}
