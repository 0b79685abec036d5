# What if
whatif-title = What if
whatif-lede = Open, move or close a resource, let doctors leave, change a parameter: access to care, the 30 minutes and the zones, before and after.
whatif-palette = Put on the map
whatif-palette-hint = Drag a resource onto the map, or choose it and click (Enter on the keyboard) where it opens.
whatif-form = A change
whatif-action = Action
whatif-action-add = Open
whatif-action-close = Close
whatif-action-move = Move
whatif-what = Resource
whatif-kind-gp = General practitioners
whatif-kind-msp = Group practice (MSP)
whatif-kind-centre = Health centre
whatif-kind-su = Emergency department
whatif-kind-smur = Mobile emergency unit (SMUR)
whatif-kind-mcs = SAMU correspondent doctor (MCS)
whatif-count-gp = { $count ->
    [one] { $n } general practitioner
   *[other] { $n } general practitioners
}
whatif-count-msp = { $count ->
    [one] { $n } group practice
   *[other] { $n } group practices
}
whatif-count-centre = { $count ->
    [one] { $n } health centre
   *[other] { $n } health centres
}
whatif-count-su = { $count ->
    [one] { $n } emergency department
   *[other] { $n } emergency departments
}
whatif-count-smur = { $n } SMUR
whatif-count-mcs = { $n } MCS
whatif-with-doctors = { $what }, { $doctors }
whatif-count = Number
whatif-count-hint = of doctors, or of emergency resources
whatif-where = Commune
whatif-where-hint = name, code or “latitude, longitude”
whatif-to = To
whatif-to-hint = for a move only
whatif-submit = Add this change
whatif-apply = Apply
whatif-departures = Doctors leaving
whatif-retire-form = Leaving by age
whatif-retire-age = All doctors leave
whatif-age-none = nobody leaves
whatif-age = over { $age }
whatif-retire-replaced = Activity taken over on the spot, %
whatif-depart-form = Leaving each year
whatif-depart-rate = Leaving each year, %
whatif-depart-years = For, years
whatif-depart-replaced = Replaced on the spot, %
whatif-methods = Methods and parameters
whatif-method-form = APL method
whatif-method = APL method
whatif-method-usual = that of the pages ({ $name })
whatif-cap-form = Cap of activity
whatif-cap = Cap of activity
whatif-cap-hint = consultations per year and doctor
whatif-zoning-form = Zoning method
whatif-zoning = Zoning method
whatif-measure-form = What the map shows
whatif-measure = The map shows
whatif-show = Show
whatif-measure-difference = Difference of APL
whatif-measure-apl = APL after
whatif-measure-minutes = Minutes to urgent care, after
whatif-measure-zones = Classes of zones, after
whatif-minutes-unit = minutes
whatif-apl-unit = consultations per year and person
whatif-class-same = about the same
whatif-people = people
whatif-map-title = Simulation: { $measure }
whatif-map-area = { $name }: before { $before }, after { $after }
whatif-map-departements = Too many communes change for this drawing: it shows the difference of APL by département. The interactive map shows communes when zooming.
whatif-help = With the keyboard: arrows to move the map, + and − to zoom, Enter to open the chosen resource at its centre, or to read the commune. The form does the same without the map. Drag a marker to move it.
whatif-changes-title = Changes
whatif-changes-none = No change yet: the figures are those of today.
whatif-change-add = Open at { $place }: { $what }
whatif-change-close = Close at { $place }: { $what }
whatif-change-move = Move from { $from } to { $to }: { $what }
whatif-change-retire = All doctors over { $age } leave, { $replaced }
whatif-change-depart = Each year { $rate } of doctors leave, for { $years } years, { $replaced }
whatif-change-method = APL method: { $name }
whatif-change-zoning = Zoning method: { $name }
whatif-change-decay = Weights of travel times: { $text }
whatif-change-set = Parameter: { $text }
whatif-replaced = { $share } replaced on the spot
whatif-replaced-none = not replaced
whatif-remove = Remove: { $change }
whatif-remove-short = Remove
whatif-undo = Undo the last one
whatif-clear = Clear all
whatif-file = Scenario
whatif-save = Save the scenario
whatif-name = Name of the scenario
whatif-is-saved = Saved scenario:
whatif-too-long = This scenario is too long for a link: save it, then add changes to it.
whatif-results-title = Before and after
whatif-nothing = No change: the figures of today.
whatif-summary = Access changes in { $communes } communes where { $people } people live; { $above } pass above 2.5 consultations a year, { $under } pass under.
whatif-before = Before: { $before } ({ $change })
whatif-unchanged = unchanged
whatif-card-under = In a commune under 2.5
whatif-card-mean = Mean APL of the country
whatif-card-beyond = More than { $limit } from urgent care
whatif-card-zones = In zones: { $class }
whatif-zones-changed = { $count ->
    [0] No zone changes class
    [one] { $n } zone changes class
   *[other] { $n } zones change class
}
whatif-first = The first { $shown } of { $of }; files have them all.
whatif-communes-caption = Communes the most changed
whatif-areas-caption = Before and after, { $levels }
whatif-head-people = People
whatif-head-apl-before = APL before
whatif-head-apl-after = APL after
whatif-head-change = Difference
whatif-head-under-before = People under 2.5 before
whatif-head-under-after = People under 2.5 after
whatif-cover-caption = People more than { $limit } from urgent care
whatif-cover-note = Every declared resource, whatever its hours; no delay of activation.
whatif-head-set = Resources
whatif-head-people-before = People before
whatif-head-people-after = People after
whatif-head-communes-before = Communes before
whatif-head-communes-after = Communes after
whatif-zones-caption = Zones that change class, { $method }
whatif-head-class-before = Class before
whatif-head-class-after = Class after
whatif-head-value-before = Indicator before
whatif-head-value-after = Indicator after
whatif-source = { $vintages }; { $method } (method { $hash })
whatif-notes-title = What is assumed
whatif-saved-title = Saved scenarios
whatif-saved-note = { $changes }, saved on { $date }
whatif-changes-count = { $count ->
    [one] { $n } change
   *[other] { $n } changes
}
whatif-other-title = Scenario made on other data
whatif-other-data = This scenario was made on “{ $name }” (geography of { $date }); the data at hand are “{ $here }” (geography of { $now }). It is carried over below to the data at hand: its figures are not those of then.
whatif-other-method = This scenario was made with other methods or other roads. It is carried over below to those of today: its figures are not those of then.
whatif-compare-title = Compare two scenarios
whatif-compare-lede = Two saved scenarios side by side, and beside today.
whatif-compare-none = No scenario is saved. Make one:
whatif-compare-a = First scenario
whatif-compare-b = Second scenario
whatif-compare-submit = Compare
whatif-compare-link = Compare two saved scenarios
whatif-compare-caption = The country under each scenario
whatif-compare-note = In small: the difference with today.
whatif-head-figure = Figure
whatif-head-today = Today
whatif-row-supply = Consultations offered a year
whatif-row-heads = Doctors, departures not taken off
whatif-row-communes = Communes whose access changes
whatif-row-people = People of these communes
whatif-row-above = People who pass above 2.5
whatif-row-under = People who pass under 2.5
whatif-row-beyond = People more than { $limit } away, { $set }
whatif-row-class = People, { $class }
whatif-working = Computing
whatif-failed = The site did not answer. Try again in a moment.
whatif-armed = Click on the map, or press Enter at its centre, to open:
whatif-popup-add = Open here
whatif-popup-close = Close one doctor here
whatif-drag = Drag to move
whatif-take-away = Remove
whatif-refused = “{ $change }”: { $fault }
fault-whatif-shape = this change is not understood. Write gp:5@23096 (open), -gp:1@23096 (close), gp:1@23096>23008 (move) or retire:65.
fault-whatif-kind = “{ $found }” is no known resource: { $known }.
fault-whatif-count = “{ $found }” is not an accepted number: a whole number from 1 to { $most }.
fault-whatif-no-place = the commune is missing: its code, its name or “latitude, longitude”.
fault-whatif-unknown = there is no commune “{ $found }” in this territory: check the spelling or give the official code.
fault-whatif-unknown-near = no commune “{ $found }” in this territory. Did you mean { $nearest }?
fault-whatif-several = several communes are called “{ $found }”: { $communes }. Give the code.
fault-whatif-former = commune { $code } no longer exists; what it was is now { $now }.
fault-whatif-outside = the point { $lat }; { $lon } is in no commune: at sea or outside the territory. The nearest is { $near }, { $km } km away.
fault-whatif-too-many = there are only { $there } at { $place }: { $asked } cannot be taken away.
fault-whatif-same-place = it starts and ends in the same commune, { $place }.
fault-whatif-percent = “{ $found }” is not a share: a number from 0 to 100 followed by %.
fault-whatif-years = “{ $found }” is not a number of years: from 1 to 40 whole years.
fault-whatif-age = “{ $found }” is not an age to leave at: a whole number from 50 to 80.
fault-whatif-age-unknown = nobody knows who is over { $age }: { $reason }.
fault-whatif-method = no APL method “{ $found }”: { $known }.
fault-whatif-decay = “{ $found }” is not a list of bands: { $problem }. Example: 10=1,15=2/3,20=1/3.
fault-whatif-parameter = “{ $found }” is not a parameter that can be changed: activity.cap or activity.per_head.
fault-whatif-value = { $name } = { $found } is refused: a number from { $least } to { $most } is expected.
fault-whatif-too-long = a scenario holds at most { $most } changes; this one has { $found }.
fault-whatif-unsound = More than { $most } changes of this link cannot be made, among them “{ $value }”: start again from the What-if page.
fault-whatif-absent = Simulations need a data directory: open the portal with pacte serve.
fault-whatif-scenario = No saved scenario is called “{ $id }”: the What-if page lists those that are kept.
fault-whatif-refused = { $text }
fault-whatif-action = “{ $value }” is no known action: ajouter, fermer, deplacer, retraite, depart, methode, zonage, plafond.
fault-whatif-empty = A scenario without changes is not saved: open, close or move a resource first.
fault-whatif-name = Give the scenario a name.
fault-whatif-long = This scenario is too long for a link: save it, then add changes to it.
