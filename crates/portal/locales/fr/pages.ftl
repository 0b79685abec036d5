# Accueil
home-title = Qui peut joindre un médecin, et en combien de temps ?
home-lede = Pour chaque commune, intercommunalité, département et région : l’accès aux médecins généralistes, le temps de trajet vers les urgences, leur évolution, avec la source et la date de chaque chiffre.
home-description = L’accès aux soins de chaque commune : médecins généralistes, temps de trajet vers les urgences, évolutions, sources.
home-figures = Trois chiffres à retenir
home-map = La carte
home-start = Par où commencer
home-regions = Toutes les régions
home-apl-context = Un habitant peut espérer ce nombre de consultations par an, compte tenu des médecins proches et de leurs autres patients.
door-commune = Chercher un territoire
door-commune-text = Par son nom, son code postal ou son code officiel ; les fautes de frappe sont pardonnées.
door-compare = Comparer deux territoires
door-compare-text = Deux communes, deux départements, ou une commune et sa région, chiffre à chiffre.
door-data = Télécharger les données
door-data-text = Toutes les tables en CSV, XLSX, GeoJSON et Parquet, avec leur dictionnaire.
door-methods = Comprendre les chiffres
door-methods-text = La formule de l’APL, les temps de trajet, ce qu’ils disent et leurs limites.
# Carte
map-page-title = Carte de l’accès aux soins
map-description = Carte de l’accès aux soins : APL, minutes vers les urgences, médecins généralistes pour 100 000 habitants, population, évolutions.
map-departement = Département
map-level-auto = Automatique, selon le zoom
map-note-communes = Toutes les communes ne tiennent pas sur ce dessin : il montre les départements. La carte interactive les montre en zoomant ; sans elle, choisissez un département.
map-title = { $measure }, par niveau : { $levels }
map-title-in = { $measure }, { $levels } de : { $place }
map-area-title = { $name } : { $value }
map-attribution = { $name } – contours IGN, données INSEE et DREES
map-attribution-training = { $name } – territoire fictif
map-live-title = Carte interactive
map-zoom-in = Zoomer
map-zoom-out = Dézoomer
map-attribution-toggle = Sources de la carte
map-close = Fermer
map-gesture-ctrl = Maintenez Ctrl en faisant défiler pour zoomer
map-gesture-mac = Maintenez ⌘ en faisant défiler pour zoomer
map-gesture-touch = Déplacez la carte avec deux doigts
map-open = Voir le territoire
map-views = Aller à
map-view-main = Métropole
map-table = Les chiffres de la carte
map-source-note = Chaque forme mène à la page de son territoire.
# Comparer
compare-title = Comparer deux territoires
compare-title-both = { $a } et { $b }
compare-description = Deux territoires côte à côte, chiffre à chiffre.
compare-intro = Choisissez deux territoires, de même niveau ou non : une commune et son département, deux régions, un bassin de vie et le pays.
compare-a = Premier territoire
compare-b = Second territoire
compare-submit = Comparer
compare-swap = Échanger
compare-not-found = Aucun territoire ne correspond à « { $text } ».
compare-others = Autres réponses :
compare-key-title = Chiffres clés
compare-distribution = Répartition des habitants
compare-everything-title = Tous les chiffres
compare-caption = { $a } et { $b } : { $what }
head-difference-ab = Écart (second − premier)
# Recherche
search-title = Chercher un territoire
search-title-for = Recherche : { $q }
search-description = Chercher une commune, une intercommunalité, un bassin de vie, un département ou une région.
search-none = Aucun territoire ne correspond à « { $q } ».
search-count = { $count ->
    [one] Un territoire trouvé
   *[other] { $n } territoires trouvés
}
search-first = Les { $n } premiers territoires trouvés ; précisez pour en voir d’autres.
search-advice-title = Quelques pistes
search-advice-1 = Essayez une partie du nom seulement, sans abréviation.
search-advice-2 = Un code postal a cinq chiffres ; un code de commune aussi (59350), sauf en Corse (2A004).
search-advice-3 = Les communes fusionnées se trouvent sous leur nouveau nom.
search-start = Commencer par
# Données
data-title = Données ouvertes
data-description = Tous les chiffres à télécharger en CSV, XLSX, GeoJSON et Parquet, avec leur dictionnaire.
data-intro = Chaque table contient tous les indicateurs, un territoire par ligne. Une cellule vide signifie que la valeur n’est pas connue, ce qui n’est pas zéro. Les fichiers GeoJSON portent les contours.
data-levels-title = Une table par niveau
data-level-text = Lignes : { $n }
data-departement-title = Les communes d’un département
data-departement-hint = Choisissez un département et un format.
data-others-title = Autres tables
data-sources-text = Chaque fichier importé, avec son millésime et son empreinte.
data-dictionary-title = Dictionnaire des indicateurs
data-dictionary-text = Ce que contient chaque colonne.
data-addresses-title = Adresses stables
data-addresses-text = Les adresses des fichiers se composent : niveau, département et format. Elles restent valables quand les données sont mises à jour ; l’étiquette d’entité (ETag) dit si le contenu a changé.
head-id = Identifiant
head-unit = Unité
head-source-vintage = Source et millésime
head-method = Méthode
# Sources
sources-title = Sources
sources-description = Chaque fichier dont viennent les chiffres, avec son millésime, ce qui en a été retenu et son empreinte.
sources-intro = Les chiffres de ce site viennent de { $n } fichiers officiels, ramenés au code officiel géographique du { $date }.
sources-intro-training = Les fichiers de ce territoire d’entraînement sont engendrés par le programme : ils ne décrivent aucun lieu réel.
sources-group = { $folder } ({ $n } fichiers)
sources-caption = Fichiers importés
sources-producers-title = Producteurs
sources-licence = INSEE, DREES, IGN, ANCT et DGCL : Licence Ouverte 2.0. OpenStreetMap : ODbL, © les contributeurs d’OpenStreetMap.
head-file = Fichier
head-vintage = Millésime
head-rows = Lignes lues
head-matched = Lignes retenues
head-hash = Empreinte (BLAKE3)
# Méthodes
methods-title = Méthodes
methods-description = Comment chaque chiffre est calculé : formule de l’APL, temps de trajet, limites.
methods-made-title = Indicateur par indicateur
methods-files-title = Fichiers de méthode
methods-files-text = Les paramètres publiés avec les données, tels qu’ils sont appliqués.
# Accessibilité
accessibility-title = Accessibilité
accessibility-description = Déclaration d’accessibilité : ce qui a été vérifié, ce qui reste à faire.
