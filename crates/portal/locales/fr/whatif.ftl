# Simuler
whatif-title = Simuler
whatif-lede = Ajoutez, déplacez ou fermez une ressource, faites partir des médecins, changez un paramètre : l’accès aux soins, les 30 minutes et les zones d’avant et d’après.
whatif-palette = Poser sur la carte
whatif-palette-hint = Glissez une ressource sur la carte, ou choisissez-la puis cliquez (Entrée au clavier) là où l’ouvrir.
whatif-form = Un changement
whatif-action = Action
whatif-action-add = Ouvrir
whatif-action-close = Fermer
whatif-action-move = Déplacer
whatif-what = Ressource
whatif-kind-gp = Médecins généralistes
whatif-kind-msp = Maison de santé (MSP)
whatif-kind-centre = Centre de santé
whatif-kind-su = Service d’urgences
whatif-kind-smur = SMUR
whatif-kind-mcs = Médecin correspondant du Samu
whatif-count-gp = { $count ->
    [one] { $n } médecin généraliste
   *[other] { $n } médecins généralistes
}
whatif-count-msp = { $count ->
    [one] { $n } maison de santé
   *[other] { $n } maisons de santé
}
whatif-count-centre = { $count ->
    [one] { $n } centre de santé
   *[other] { $n } centres de santé
}
whatif-count-su = { $count ->
    [one] { $n } service d’urgences
   *[other] { $n } services d’urgences
}
whatif-count-smur = { $n } SMUR
whatif-count-mcs = { $count ->
    [one] { $n } médecin correspondant du Samu
   *[other] { $n } médecins correspondants du Samu
}
whatif-with-doctors = { $what }, { $doctors }
whatif-count = Nombre
whatif-count-hint = de médecins, ou de ressources d’urgence
whatif-where = Commune
whatif-where-hint = nom, code ou « latitude, longitude »
whatif-to = Vers
whatif-to-hint = pour déplacer seulement
whatif-submit = Ajouter ce changement
whatif-apply = Appliquer
whatif-departures = Départs de médecins
whatif-retire-form = Départs selon l’âge
whatif-retire-age = Départ de tous les médecins
whatif-age-none = aucun départ
whatif-age = de plus de { $age } ans
whatif-retire-replaced = Activité reprise sur place, %
whatif-depart-form = Départs annuels
whatif-depart-rate = Départs par an, %
whatif-depart-years = Pendant, années
whatif-depart-replaced = Remplacés sur place, %
whatif-methods = Méthodes et paramètres
whatif-method-form = Méthode de l’APL
whatif-method = Méthode de l’APL
whatif-method-usual = celle des pages ({ $name })
whatif-cap-form = Plafond d’activité
whatif-cap = Plafond d’activité
whatif-cap-hint = consultations par an et par médecin
whatif-zoning-form = Méthode de zonage
whatif-zoning = Méthode de zonage
whatif-measure-form = Ce que montre la carte
whatif-measure = La carte montre
whatif-show = Montrer
whatif-measure-difference = Différence d’APL
whatif-measure-apl = APL après
whatif-measure-minutes = Minutes vers les soins urgents, après
whatif-measure-zones = Classes de zones, après
whatif-minutes-unit = minutes
whatif-apl-unit = consultations par an et par hab.
whatif-class-same = à peu près autant
whatif-people = habitants
whatif-map-title = Simulation : { $measure }
whatif-map-area = { $name } : avant { $before }, après { $after }
whatif-map-departements = Trop de communes changent pour ce dessin : il montre la différence d’APL des départements. La carte interactive montre les communes en zoomant.
whatif-help = Au clavier : flèches pour déplacer la carte, + et − pour zoomer, Entrée pour ouvrir au centre la ressource choisie, ou pour lire la commune. Le formulaire fait de même sans la carte. Faites glisser un repère pour le déplacer.
whatif-changes-title = Changements
whatif-changes-none = Aucun changement pour l’instant : les chiffres sont ceux d’aujourd’hui.
whatif-change-add = Ouvrir à { $place } : { $what }
whatif-change-close = Fermer à { $place } : { $what }
whatif-change-move = Déplacer de { $from } à { $to } : { $what }
whatif-change-retire = Départ de tous les médecins de plus de { $age } ans, { $replaced }
whatif-change-depart = Chaque année, { $rate } des médecins partent, pendant { $years } ans, { $replaced }
whatif-change-method = Méthode de l’APL : { $name }
whatif-change-zoning = Méthode de zonage : { $name }
whatif-change-decay = Poids des temps de trajet : { $text }
whatif-change-set = Paramètre : { $text }
whatif-replaced = { $share } remplacés sur place
whatif-replaced-none = sans remplacement
whatif-remove = Retirer : { $change }
whatif-remove-short = Retirer
whatif-undo = Annuler le dernier
whatif-clear = Tout effacer
whatif-file = Scénario
whatif-save = Enregistrer le scénario
whatif-name = Nom du scénario
whatif-is-saved = Scénario enregistré :
whatif-too-long = Ce scénario est trop long pour un lien : enregistrez-le, puis ajoutez-y des changements.
whatif-results-title = Avant et après
whatif-nothing = Aucun changement : les chiffres d’aujourd’hui.
whatif-summary = L’accès change dans { $communes } communes où vivent { $people } habitants ; { $above } passent au-dessus de 2,5 consultations par an, { $under } passent en dessous.
whatif-before = Avant : { $before } ({ $change })
whatif-unchanged = inchangé
whatif-card-under = Dans une commune sous 2,5
whatif-card-mean = APL moyenne du pays
whatif-card-beyond = À plus de { $limit } des soins urgents
whatif-card-zones = En zone : { $class }
whatif-zones-changed = { $count ->
    [0] Aucune zone ne change de classe
    [one] { $n } zone change de classe
   *[other] { $n } zones changent de classe
}
whatif-first = Les { $shown } premiers sur { $of } ; les fichiers les ont tous.
whatif-communes-caption = Communes les plus touchées
whatif-areas-caption = Avant et après, { $levels }
whatif-head-people = Habitants
whatif-head-apl-before = APL avant
whatif-head-apl-after = APL après
whatif-head-change = Écart
whatif-head-under-before = Habitants sous 2,5 avant
whatif-head-under-after = Habitants sous 2,5 après
whatif-cover-caption = Habitants à plus de { $limit } des soins urgents
whatif-cover-note = Toutes les ressources déclarées, sans tenir compte des heures ; aucun temps d’activation.
whatif-head-set = Ressources
whatif-head-people-before = Habitants avant
whatif-head-people-after = Habitants après
whatif-head-communes-before = Communes avant
whatif-head-communes-after = Communes après
whatif-zones-caption = Zones qui changent de classe, { $method }
whatif-head-class-before = Classe avant
whatif-head-class-after = Classe après
whatif-head-value-before = Indicateur avant
whatif-head-value-after = Indicateur après
whatif-source = { $vintages } ; { $method } (méthode { $hash })
whatif-notes-title = Ce qui est supposé
whatif-saved-title = Scénarios enregistrés
whatif-saved-note = { $changes }, enregistré le { $date }
whatif-changes-count = { $count ->
    [one] { $n } changement
   *[other] { $n } changements
}
whatif-other-title = Scénario fait sur d’autres données
whatif-other-data = Ce scénario a été fait sur « { $name } » (géographie du { $date }) ; les données présentes sont « { $here } » (géographie du { $now }). Il est reporté ci-dessous sur les données présentes : ses chiffres ne sont pas ceux d’alors.
whatif-other-method = Ce scénario a été fait avec d’autres méthodes ou d’autres routes. Il est reporté ci-dessous sur celles d’à présent : ses chiffres ne sont pas ceux d’alors.
whatif-compare-title = Comparer deux scénarios
whatif-compare-lede = Deux scénarios enregistrés, côte à côte et face à aujourd’hui.
whatif-compare-none = Aucun scénario n’est enregistré. Faites-en un :
whatif-compare-a = Premier scénario
whatif-compare-b = Second scénario
whatif-compare-submit = Comparer
whatif-compare-link = Comparer deux scénarios enregistrés
whatif-compare-caption = Le pays selon chaque scénario
whatif-compare-note = En petit : l’écart avec aujourd’hui.
whatif-head-figure = Grandeur
whatif-head-today = Aujourd’hui
whatif-row-supply = Consultations offertes par an
whatif-row-heads = Médecins, départs non déduits
whatif-row-communes = Communes dont l’accès change
whatif-row-people = Habitants de ces communes
whatif-row-above = Habitants qui passent au-dessus de 2,5
whatif-row-under = Habitants qui passent sous 2,5
whatif-row-beyond = Habitants à plus de { $limit }, { $set }
whatif-row-class = Habitants, { $class }
whatif-working = Calcul en cours
whatif-failed = Le site n’a pas répondu. Réessayez dans un instant.
whatif-armed = Cliquez sur la carte, ou Entrée en son centre, pour ouvrir :
whatif-popup-add = Ouvrir ici
whatif-popup-close = Fermer un médecin ici
whatif-drag = Faites glisser pour déplacer
whatif-take-away = Retirer
whatif-refused = « { $change } » : { $fault }
fault-whatif-shape = ce changement n’est pas compris. On écrit gp:5@23096 (ouvrir), -gp:1@23096 (fermer), gp:1@23096>23008 (déplacer) ou retire:65.
fault-whatif-kind = « { $found } » n’est pas une ressource connue : { $known }.
fault-whatif-count = « { $found } » n’est pas un nombre accepté : un entier de 1 à { $most }.
fault-whatif-no-place = il manque la commune : son code, son nom ou « latitude, longitude ».
fault-whatif-unknown = aucune commune « { $found } » dans ce territoire : vérifiez l’orthographe ou donnez le code officiel.
fault-whatif-unknown-near = aucune commune « { $found } » dans ce territoire. Vouliez-vous dire : { $nearest } ?
fault-whatif-several = plusieurs communes s’appellent « { $found } » : { $communes }. Donnez le code.
fault-whatif-former = la commune { $code } n’existe plus ; ce qu’elle était est à présent : { $now }.
fault-whatif-outside = le point { $lat } ; { $lon } n’est dans aucune commune : en mer ou hors du territoire. La plus proche est { $near }, à { $km } km.
fault-whatif-too-many = il n’y a que { $there } à { $place } : impossible d’en retirer { $asked }.
fault-whatif-same-place = le départ et l’arrivée sont la même commune, { $place }.
fault-whatif-percent = « { $found } » n’est pas une part : un nombre de 0 à 100 suivi de %.
fault-whatif-years = « { $found } » n’est pas une durée : de 1 à 40 années entières.
fault-whatif-age = « { $found } » n’est pas un âge de départ : un nombre entier de 50 à 80.
fault-whatif-age-unknown = on ne sait pas qui a plus de { $age } ans : { $reason }.
fault-whatif-method = aucune méthode d’APL « { $found } » : { $known }.
fault-whatif-decay = « { $found } » n’est pas une suite de bandes : { $problem }. Exemple : 10=1,15=2/3,20=1/3.
fault-whatif-parameter = « { $found } » n’est pas un paramètre qui se change : activity.cap ou activity.per_head.
fault-whatif-value = { $name } = { $found } est refusé : un nombre de { $least } à { $most } est attendu.
fault-whatif-too-long = un scénario tient au plus { $most } changements ; celui-ci en a { $found }.
fault-whatif-unsound = Plus de { $most } changements de ce lien ne peuvent pas être faits, dont « { $value } » : reprenez le scénario depuis la page Simuler.
fault-whatif-absent = Les simulations demandent un répertoire de données : ouvrez le portail avec pacte serve.
fault-whatif-scenario = Aucun scénario enregistré ne porte l’identifiant « { $id } » : la page Simuler donne la liste de ceux qui sont gardés.
fault-whatif-refused = { $text }
fault-whatif-action = « { $value } » n’est pas une action connue : ajouter, fermer, deplacer, retraite, depart, methode, zonage, plafond.
fault-whatif-empty = Un scénario sans changement ne s’enregistre pas : ouvrez, fermez ou déplacez d’abord une ressource.
fault-whatif-name = Donnez un nom au scénario.
fault-whatif-long = Ce scénario est trop long pour un lien : enregistrez-le, puis ajoutez-y des changements.
