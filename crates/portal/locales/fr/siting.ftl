siting-title = Choisir des sites
siting-description = Où placer k ressources pour aider le plus de monde : sites choisis, courbe de gain, preuve de l’optimum ou écart.
siting-lede = Avec un nombre de sites ou un budget, où ouvrir pour amener le plus d’habitants aux soins ? La réponse dit pourquoi chaque site, ce que donnerait un site de moins, et si l’on peut faire mieux.
siting-form = Ce qui est demandé
siting-submit = Chercher les sites
siting-more = Budget, équité, communes imposées ou interdites
siting-refused = La demande ne peut pas être satisfaite
siting-start = Pour commencer
siting-start-country = { $name } : dix lieux de soins urgents de plus, pour amener le plus d’habitants à 30 minutes
siting-start-departement = { $name } : cinq médecins correspondants du Samu, pour amener le plus d’habitants à 30 minutes
siting-start-under-dense = { $name } : cinq maisons de santé à 15 minutes des communes sous-denses
siting-start-mean = { $name } : trois sites pour raccourcir le temps moyen vers les urgences

siting-objective-couverture = Habitants amenés dans la durée
siting-objective-sous-dense = Habitants de communes sous-denses servis
siting-objective-temps-moyen = Temps moyen d’accès
siting-equity-aucune = chacun compte pour un
siting-equity-age = part des 75 ans ou plus
siting-equity-pauvrete = taux de pauvreté
siting-equity-defavorisation = indice de défavorisation
siting-existing-none = Aucune : comme si rien n’existait

siting-field-objectif = Objectif
siting-field-dans = Territoire
siting-field-existant = Ressources existantes
siting-field-quand = Moment des soins urgents existants
siting-hint-quand = toutes, une date, ou une date et une heure : 2026-11-24T03:00
siting-field-k = Nombre de sites
siting-field-minutes = Minutes
siting-hint-minutes = durée à tenir, ou plafond du temps moyen
siting-field-budget = Budget total (euros)
siting-hint-budget = à la place ou en plus du nombre de sites
siting-field-cout = Coût d’un site (euros)
siting-field-capacite = Capacité d’un site (habitants)
siting-hint-capacite = habitants servis au plus
siting-field-equite = Compter davantage selon
siting-field-poids = Force de la pondération (%)
siting-hint-poids = de 0 à 100
siting-field-mini = Communes d’au moins (habitants)
siting-field-imposes = Communes imposées
siting-hint-imposes = codes ou noms, séparés par des virgules
siting-field-interdits = Communes interdites
siting-hint-interdits = codes ou noms, séparés par des virgules
siting-field-seuil = Seuil de sous-densité (APL)
siting-hint-seuil = 2,5 consultations par an et par habitant par défaut
siting-field-calcul = Réponse rapide : sans chercher la preuve

siting-not-a-number = « { $value } » n’est pas un nombre entier : écrivez par exemple 10.
siting-not-a-threshold = « { $value } » n’est pas un seuil d’APL : écrivez un nombre de 0 à 100, par exemple 2,5.
siting-not-a-moment = « { $value } » n’est pas un moment : écrivez toutes, une date (2026-11-24) ou une date et une heure (2026-11-24T03:00).
siting-too-many = { $value } sites : une page en montre 500 au plus ; la commande pacte siting n’a pas cette limite.
siting-unknown-choice = « { $value } » n’est pas un choix de cette liste : { $known }.
siting-too-many-communes = Plus de { $value } communes nommées : la commande pacte siting n’a pas cette limite.
siting-unknown-scope = Aucun territoire « { $value } » : choisissez-en un dans la liste, ou écrivez niveau:code (epci:200069193).
siting-unknown-commune = Aucune commune « { $value } » dans ce territoire : donnez son nom complet ou son code officiel.
siting-several-communes = Plusieurs communes s’appellent « { $value } » : donnez le code officiel.
siting-refused-minutes = { $value } minutes : donnez un nombre de 1 à { $most }.
siting-refused-percent = { $value } : la force de la pondération va de 0 à 100.
siting-refused-contradiction = { $name } ({ $code }) est à la fois imposée et interdite : retirez-la de l’une des deux listes.
siting-refused-elsewhere = { $name } ({ $code }), imposée, est hors de { $scope } : élargissez le territoire ou ne l’imposez pas.
siting-refused-small = { $name } ({ $code }), imposée, compte { $people } habitants pour un minimum de { $least } : abaissez le minimum ou ne l’imposez pas.
siting-refused-column = Ce territoire ne donne pas « { $concept } », que demande ce choix : changez-le ou importez le fichier qui le donne.
siting-refused-existing = « { $value } » n’est pas une ressource de ce territoire : su, su-smur, su-smur-mcs ou tout pour les soins urgents, { $known }.
siting-refused-capacity = Une capacité ne se combine pas avec le temps moyen : choisissez une couverture ou retirez la capacité.
siting-refused-no-cost = Un budget est donné sans coût : dites ce que coûte un site.
siting-refused-budget = Un budget de { $budget } ne suffit à aucun site : le moins cher coûte { $cheapest }.
siting-refused-dear = Les communes imposées coûtent { $cost } pour un budget de { $budget } : augmentez le budget ou imposez-en moins.
siting-refused-sites = { $asked } sites demandés pour { $candidates } communes possibles ({ $forbidden } interdites, { $small } trop petites) : demandez { $candidates } sites au plus, levez des interdictions ou élargissez le territoire.
siting-refused-nobody = Personne à amener dans { $scope } : tous les habitants concernés sont déjà servis, ou hors de portée. Changez la durée ou les ressources existantes.
siting-refused-other = { $text }

siting-count-sites = { $count ->
    [one] { $n } site
   *[other] { $n } sites
}
siting-heading = { $sites } : { $scope }
siting-summary-cover = { $people } habitants amenés à { $minutes } ou moins : la part de la population servie passe de { $before } à { $after }.
siting-summary-under-dense = { $people } habitants de communes sous-denses ont un site à { $minutes } ou moins, sur { $all } ({ $share }).
siting-summary-mean = Le temps moyen passe de { $before } à { $after } minutes (au-delà de { $minutes }, chacun compte pour { $minutes }).
siting-proven = Optimum prouvé
siting-gap = Au plus { $gap } sous l’optimum
siting-proven-text = Aucun autre choix ne fait mieux.
siting-gap-text = Aucun choix ne dépasse { $bound } { $unit }.
siting-method-heuristic = glouton et échanges, borne lagrangienne
siting-method-lagrangian = glouton et échanges, prouvé par la borne lagrangienne
siting-method-branching = séparation et évaluation sur la borne lagrangienne
siting-method-mixed = programmation en nombres entiers (HiGHS)
siting-minutes = minutes
siting-unit-people = habitants
siting-unit-weighted = habitants pondérés
siting-unit-minutes = minutes × habitants
siting-unit-weighted-minutes = minutes × habitants pondérés
siting-card-people = Habitants amenés
siting-card-within = à { $minutes } ou moins
siting-card-share = Part de la population servie
siting-card-share-before = { $before } auparavant
siting-card-mean = Temps moyen
siting-card-mean-before = { $before } minutes auparavant
siting-card-proof = Peut-on faire mieux ?
siting-card-greedy = Le choix pas à pas (glouton) donne { $greedy } { $unit }.
siting-card-cost = Coût

siting-where = Où, et combien de sites
siting-why = Pourquoi ces sites
siting-rests = Sur quoi repose la réponse
siting-command = La même réponse par la ligne de commande :
siting-map-legend = Communes
siting-map-brought = amenées par un site
siting-map-nearer = rapprochées par un site
siting-map-already = déjà servies, ou non concernées
siting-map-same = inchangées
siting-map-left = encore au-delà de la durée
siting-map-commune = { $name } : site { $rank }, { $minutes }
siting-map-note = Les numéros sont ceux du tableau. Chaque commune mène à sa page.
siting-map-outside = { $count ->
    [one] Un site est hors de la carte.
   *[other] { $n } sites sont hors de la carte.
}
siting-curve-title = Courbe de gain
siting-curve-note = { $unit }, selon le nombre de sites
siting-curve-gain = meilleur choix connu
siting-curve-bound = on ne peut pas dépasser
siting-curve-description = De { $first } avec un site à { $last } avec { $sites } ({ $unit }).
siting-sites-title = Sites choisis
siting-sites-note = Dans l’ordre : chaque site ajoute le plus à ceux qui le précèdent.
siting-sites-listed = Les { $n } premiers ; les fichiers les donnent tous.
siting-communes-title = Communes amenées par chaque site
siting-communes-show = Voir les communes amenées par chaque site
siting-communes-listed = Les { $n } premières ; les fichiers les donnent toutes.
siting-head-rank = Rang
siting-head-commune = Commune
siting-head-site = Site
siting-head-sites = Sites
siting-head-gain = Gain
siting-head-more = De plus
siting-head-bound = Au plus
siting-head-brings = Ajoute
siting-head-why = Qui en profite
siting-head-alone = Ajouterait seul
siting-head-loss = Perdu sans lui
siting-head-cost = Coût
siting-head-people = Amenés
siting-head-before = Avant
siting-head-after = Jusqu’au site
siting-why-others = { $count ->
    [one] une autre
   *[other] { $n } autres
}
siting-why-people = { $count ->
    [one] { $n } habitant
   *[other] { $n } habitants
}
siting-why-nobody = personne de plus que les autres sites
siting-forced = imposé
siting-note-under-dense = Communes sous-denses : celles dont l’APL calculée est inférieure à { $threshold } consultations par an et par habitant.
siting-note-equity = Pondération : { $equity }, force { $percent } ; une commune dans la moyenne compte pour ses habitants. { $missing } communes sans valeur comptent de même.
siting-note-capacity = Capacité : une commune peut se partager entre plusieurs sites ; ce qui existe déjà sert sans limite.
siting-note-stopped = Recherche arrêtée au bout de { $seconds } secondes : un temps plus long (pacte siting --time-limit) peut prouver ou améliorer.
siting-note-travel = Temps de trajet : { $travel }
siting-note-hash = Versions : territoire { $territory }, méthodes { $methods }, demande { $request }. Les mêmes versions rendent la même réponse.
siting-note-search = Recherche : { $method } ; { $candidates } communes possibles, { $points } communes à servir, { $pairs } couples ; { $seconds } s.
siting-note-fewer = { $asked } sites demandés, { $found } suffisent : un de plus n’amènerait personne d’autre.
siting-note-urgent = Ressources existantes : { $set } ; { $moment }.
siting-when-any = à toute heure et toute date
