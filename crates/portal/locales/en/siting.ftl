siting-title = Choose sites
siting-description = Where to put k resources to help most people: sites chosen, gain curve, proof of optimality or gap.
siting-lede = With a number of sites or a budget, where should one open to bring most people to care? The answer says why each site, what one site fewer would give, and whether anything better exists.
siting-form = What is asked
siting-submit = Find the sites
siting-more = Budget, equity, imposed or forbidden communes
siting-refused = The request cannot be met
siting-start = To begin with
siting-start-country = { $name }: ten more places of urgent care, to bring most people within 30 minutes
siting-start-departement = { $name }: five emergency correspondent doctors, to bring most people within 30 minutes
siting-start-under-dense = { $name }: five health centres within 15 minutes of under-served communes
siting-start-mean = { $name }: three sites to shorten the mean time to an emergency department

siting-objective-couverture = Inhabitants brought within the time
siting-objective-sous-dense = People of under-served communes reached
siting-objective-temps-moyen = Mean time
siting-equity-aucune = everybody counts for one
siting-equity-age = share of people aged 75 or over
siting-equity-pauvrete = poverty rate
siting-equity-defavorisation = deprivation index
siting-existing-none = None: as if nothing existed

siting-field-objectif = Objective
siting-field-dans = Territory
siting-field-existant = Existing resources
siting-field-quand = Moment of existing urgent care
siting-hint-quand = toutes (all), a date, or a date and an hour: 2026-11-24T03:00
siting-field-k = Number of sites
siting-field-minutes = Minutes
siting-hint-minutes = limit to keep, or cap of the mean time
siting-field-budget = Total budget (euros)
siting-hint-budget = instead of the number of sites, or besides it
siting-field-cout = Cost of a site (euros)
siting-field-capacite = Capacity of a site (people)
siting-hint-capacite = people served at most
siting-field-equite = Count more according to
siting-field-poids = Strength of the weighting (%)
siting-hint-poids = 0 to 100
siting-field-mini = Communes of at least (people)
siting-field-imposes = Imposed communes
siting-hint-imposes = codes or names, separated by commas
siting-field-interdits = Forbidden communes
siting-hint-interdits = codes or names, separated by commas
siting-field-seuil = Threshold of under-service (APL)
siting-hint-seuil = 2.5 visits per person per year by default
siting-field-calcul = Quick answer: without looking for the proof

siting-not-a-number = “{ $value }” is not a whole number: write 10, for instance.
siting-not-a-threshold = “{ $value }” is not an APL threshold: write a number from 0 to 100, for instance 2.5.
siting-not-a-moment = “{ $value }” is not a moment: write toutes (all), a date (2026-11-24) or a date and an hour (2026-11-24T03:00).
siting-too-many = { $value } sites: a page shows 500 at most; the command pacte siting has no such limit.
siting-unknown-choice = “{ $value }” is not on this list: { $known }.
siting-too-many-communes = More than { $value } communes named: the command pacte siting has no such limit.
siting-unknown-scope = No territory “{ $value }”: choose one on the list, or write level:code (epci:200069193).
siting-unknown-commune = No commune “{ $value }” in this territory: give its full name or its official code.
siting-several-communes = Several communes are called “{ $value }”: give the official code.
siting-refused-minutes = { $value } minutes: give a number from 1 to { $most }.
siting-refused-percent = { $value }: the strength of the weighting goes from 0 to 100.
siting-refused-contradiction = { $name } ({ $code }) is both imposed and forbidden: take it off one of the two lists.
siting-refused-elsewhere = { $name } ({ $code }), imposed, lies outside { $scope }: widen the territory or do not impose it.
siting-refused-small = { $name } ({ $code }), imposed, has { $people } people for a minimum of { $least }: lower the minimum or do not impose it.
siting-refused-column = This territory does not give “{ $concept }”, which this choice needs: change it or import the file that gives it.
siting-refused-existing = “{ $value }” is not a resource of this territory: su, su-smur, su-smur-mcs or tout (all) for urgent care, { $known }.
siting-refused-capacity = A capacity does not go with the mean time: choose a cover or take the capacity away.
siting-refused-no-cost = A budget is given without a cost: say what a site costs.
siting-refused-budget = A budget of { $budget } is not enough for any site: the cheapest costs { $cheapest }.
siting-refused-dear = Imposed communes cost { $cost } for a budget of { $budget }: raise the budget or impose fewer.
siting-refused-sites = { $asked } sites asked for and { $candidates } communes possible ({ $forbidden } forbidden, { $small } too small): ask for { $candidates } sites at most, lift some bans or widen the territory.
siting-refused-nobody = Nobody to bring in { $scope }: all the people concerned are served already, or out of reach. Change the minutes or the existing resources.
siting-refused-other = { $text }

siting-count-sites = { $count ->
    [one] { $n } site
   *[other] { $n } sites
}
siting-heading = { $sites }: { $scope }
siting-summary-cover = { $people } people brought within { $minutes }: the share of the population served goes from { $before } to { $after }.
siting-summary-under-dense = { $people } people of under-served communes have a site within { $minutes }, out of { $all } ({ $share }).
siting-summary-mean = The mean time goes from { $before } to { $after } minutes (beyond { $minutes }, everybody counts for { $minutes }).
siting-proven = Proven optimal
siting-gap = At most { $gap } below the optimum
siting-proven-text = No other choice does better.
siting-gap-text = No choice exceeds { $bound } { $unit }.
siting-method-heuristic = greedy and exchanges, Lagrangian bound
siting-method-lagrangian = greedy and exchanges, proven by the Lagrangian bound
siting-method-branching = branch and bound on the Lagrangian
siting-method-mixed = mixed-integer programming (HiGHS)
siting-minutes = minutes
siting-unit-people = people
siting-unit-weighted = weighted people
siting-unit-minutes = minutes × people
siting-unit-weighted-minutes = minutes × weighted people
siting-card-people = People brought
siting-card-within = within { $minutes }
siting-card-share = Share of the population served
siting-card-share-before = { $before } before
siting-card-mean = Mean time
siting-card-mean-before = { $before } minutes before
siting-card-proof = Can one do better?
siting-card-greedy = Choosing step by step (greedy) gives { $greedy } { $unit }.
siting-card-cost = Cost

siting-where = Where, and how many sites
siting-why = Why these sites
siting-rests = What the answer rests on
siting-command = The same answer from the command line:
siting-map-legend = Communes
siting-map-brought = brought by a site
siting-map-nearer = brought nearer by a site
siting-map-already = served already, or not concerned
siting-map-same = unchanged
siting-map-left = still beyond the limit
siting-map-commune = { $name }: site { $rank }, { $minutes }
siting-map-note = Numbers are those of the table. Each commune leads to its page.
siting-map-outside = { $count ->
    [one] One site is off the map.
   *[other] { $n } sites are off the map.
}
siting-curve-title = Gain curve
siting-curve-note = { $unit }, by number of sites
siting-curve-gain = best choice known
siting-curve-bound = cannot be exceeded
siting-curve-description = From { $first } with one site to { $last } with { $sites } ({ $unit }).
siting-sites-title = Sites chosen
siting-sites-note = In order: each site adds most to those before it.
siting-sites-listed = The first { $n }; files have them all.
siting-communes-title = Communes brought by each site
siting-communes-show = See the communes brought by each site
siting-communes-listed = The first { $n }; files have them all.
siting-head-rank = Rank
siting-head-commune = Commune
siting-head-site = Site
siting-head-sites = Sites
siting-head-gain = Gain
siting-head-more = More
siting-head-bound = At most
siting-head-brings = Adds
siting-head-why = Who benefits
siting-head-alone = Would add alone
siting-head-loss = Lost without it
siting-head-cost = Cost
siting-head-people = Brought
siting-head-before = Before
siting-head-after = To the site
siting-why-others = { $count ->
    [one] one other
   *[other] { $n } others
}
siting-why-people = { $count ->
    [one] { $n } person
   *[other] { $n } people
}
siting-why-nobody = nobody more than the other sites
siting-forced = imposed
siting-note-under-dense = Under-served communes: those whose computed APL is below { $threshold } visits per person per year.
siting-note-equity = Weighting: { $equity }, strength { $percent }; a commune at the mean counts for its people. { $missing } communes without a value count the same.
siting-note-capacity = Capacity: a commune may be shared between several sites; what exists already serves without limit.
siting-note-stopped = Search stopped after { $seconds } seconds: more time (pacte siting --time-limit) may prove or improve.
siting-note-travel = Travel times: { $travel }
siting-note-hash = Versions: territory { $territory }, methods { $methods }, request { $request }. The same versions give the same answer.
siting-note-search = Search: { $method }; { $candidates } possible communes, { $points } communes to serve, { $pairs } pairs; { $seconds } s.
siting-note-fewer = { $asked } sites asked for, { $found } are enough: one more would bring nobody else.
siting-note-urgent = Existing resources: { $set }; { $moment }.
siting-when-any = at any hour and date
