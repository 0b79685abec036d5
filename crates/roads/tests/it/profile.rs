//! Speed profiles.

use pacte_roads::profile::{self, SHIPPED, SpeedProfile};

fn refusal(from: &str, to: &str) -> String {
    let text = SHIPPED[0].2;
    assert!(text.contains(from), "{from}");
    SpeedProfile::read("car.yaml", &text.replacen(from, to, 1)).expect_err(to).to_string()
}

/// Line of the shipped car profile where a text stands.
fn line(text: &str) -> usize {
    1 + SHIPPED[0].2.lines().position(|line| line.contains(text)).expect("it is there")
}

#[test]
fn shipped_profiles_are_good() {
    let profiles = profile::shipped().expect("good profiles");
    let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
    assert_eq!(ids, SHIPPED.map(|(name, ..)| name));
    for (profile, (_, file, _)) in profiles.iter().zip(SHIPPED) {
        assert!(file.ends_with(&format!("{}.yaml", profile.id)));
    }
    let prints: Vec<_> = profiles.iter().map(SpeedProfile::fingerprint).collect();
    assert!(prints[0] != prints[1] && prints[1] != prints[2]);
    // Comments and layout change nothing; a value does.
    let read = |text: &str| SpeedProfile::read("car.yaml", text).expect("good").fingerprint();
    assert_eq!(read(&format!("# autre\n{}", SHIPPED[0].2)), prints[0]);
    assert_ne!(read(&SHIPPED[0].2.replace("open: 118", "open: 117")), prints[0]);
    // An ambulance is never slower than a car.
    for (car, ambulance) in profiles[0].speeds.iter().zip(&profiles[1].speeds) {
        if let Some(car) = car {
            assert!(ambulance.is_some_and(|ambulance| ambulance.open >= car.open && ambulance.urban >= car.urban));
        }
    }
}

#[test]
fn faults_name_the_line_the_field_and_what_to_do() {
    let motorway = line("motorway:  ");
    for absurd in ["-5", "0", "201", "1e9", ".nan"] {
        let told = refusal("open: 118", &format!("open: {absurd}"));
        assert!(told.starts_with(&format!("car.yaml:{motorway}:")), "{told}");
        assert!(told.contains("speeds.motorway.open") && told.contains("entre 1 et 200"), "{told}");
    }
    let told = refusal("  motorway: ", "  motoway: ");
    assert!(
        told.contains(&format!(":{motorway}:"))
            && told.contains("« motoway » est inconnu ; vouliez-vous dire « motorway »"),
        "{told}"
    );
    let told = refusal("\noneway: true", "\nonewai: true");
    assert!(told.contains("onewai : ce champ est inconnu ; vouliez-vous dire « oneway »"), "{told}");
    assert!(told.contains(&format!(":{}:", line("oneway: true"))), "{told}");
    let told = refusal("\noneway: true", "");
    assert!(told.contains("oneway : ce champ manque"), "{told}");
    let told = refusal("private, agricultural", "privat, agricultural");
    assert!(told.contains(&format!(":{}:", line("private, agricultural"))) && told.contains("« private »"), "{told}");
    let told = refusal("signals: 14", "signals: -1");
    assert!(told.contains("penalties.signals") && told.contains(&format!(":{}:", line("signals: 14"))), "{told}");
    let told = refusal("mode: car", "mode: vélo");
    assert!(told.contains(&format!(":{}:", line("mode: car"))), "{told}");
    assert!(refusal("gravel:    { factor: 0.7", "gravel:    { factor: 7").contains("surfaces"));
    assert!(SpeedProfile::read("a.yaml", "{").is_err());
    assert!(SpeedProfile::shipped("train").expect_err("none").to_string().contains("ambulance"));
}
