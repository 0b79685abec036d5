-- The profile OSRM is given when its answers are compared with ours: flat speeds by class and nothing else, the same
-- numbers and the same rules of access as flat.yaml beside it. No limit read from the data, no surface, no cost of
-- junctions, signals or turns; turn restrictions honoured. What differs then comes from routing, not from speeds.
--
-- Two things OSRM does that no profile can undo: lengths use a sphere of 6,372,797.56 m (ours 6,371,008.8: speeds are
-- raised here by as much), and each stretch between two points of a way is rounded to a tenth of a second (we round a
-- whole edge between two junctions). A third is left as it is: OSRM turns back at dead ends only,
-- where our graph may turn back at any junction, which goes round a forbidden turn (the benchmark compares both).

api_version = 4

local sphere = 6372797.560856 / 6371008.8

local speeds = {
  motorway = 110, motorway_link = 60, trunk = 90, trunk_link = 50, primary = 65, primary_link = 45,
  secondary = 55, secondary_link = 40, tertiary = 45, tertiary_link = 35, unclassified = 40, residential = 30,
  living_street = 15, road = 30, service = 15,
}

-- Most telling key first.
local keys = { 'motorcar', 'motor_vehicle', 'vehicle', 'access' }
local refused = {
  no = true, none = true, closed = true, private = true, restricted = true, employees = true, staff = true,
  agricultural = true, agriculture = true, forestry = true, forest = true, emergency = true, military = true,
  psv = true, bus = true,
}
local silent = { [''] = true, unset = true, unknown = true }

-- Barriers a car passes unless their own access says otherwise.
local passed = {
  no = true, gate = true, hampshire_gate = true, sliding_gate = true, wicket_gate = true, lift_gate = true,
  swing_gate = true, barrier_gate = true, cattle_grid = true, toll_booth = true, toll = true, border_control = true,
  kerb = true, entrance = true, height_restrictor = true, width_restrictor = true, spikes = true, sally_port = true,
}

-- Whether a thing lets cars through: nil when its tags do not say. The first of several values counts.
local function access(thing)
  for _, key in ipairs(keys) do
    local value = (thing:get_value_by_key(key) or ''):match('^%s*([^;]-)%s*$')
      or thing:get_value_by_key(key):match('^%s*([^;]-)%s*;')
    if not silent[value] then return not refused[value] end
  end
  return nil
end

function setup()
  return {
    properties = {
      weight_name = 'duration',
      weight_precision = 1,
      max_speed_for_map_matching = 130 / 3.6,
      process_call_tagless_node = false,
      u_turn_penalty = 0,
      continue_straight_at_waypoint = false,
      use_turn_restrictions = true,
      left_hand_driving = false,
    },
    restrictions = { 'motorcar', 'motor_vehicle', 'vehicle' },
  }
end

function process_node(profile, node, result)
  local barrier = node:get_value_by_key('barrier')
  if barrier and barrier ~= '' and barrier ~= 'no' then
    local allowed = access(node)
    -- A barrier of an unknown kind stops a car too.
    if allowed == nil then allowed = passed[barrier] == true end
    if not allowed then
      obstacle_map:add(node, Obstacle.new(obstacle_type.barrier))
    end
  end
end

function process_way(profile, way, result)
  local speed = speeds[way:get_value_by_key('highway') or '']
  if not speed or access(way) == false then return end
  if way:get_value_by_key('area') == 'yes' or way:get_value_by_key('service') == 'emergency_access' then return end

  local oneway = way:get_value_by_key('oneway')
  local junction = way:get_value_by_key('junction')
  local forward, backward = true, true
  if oneway == 'reversible' or oneway == 'alternating' then
    return
  elseif oneway == '-1' or oneway == 'reverse' then
    forward = false
  elseif oneway == 'yes' or oneway == 'true' or oneway == '1' then
    backward = false
  elseif not (oneway == 'no' or oneway == 'false' or oneway == '0') then
    local highway = way:get_value_by_key('highway')
    if junction == 'roundabout' or junction == 'circular' or highway == 'motorway' then
      backward = false
    end
  end

  result.forward_mode = forward and mode.driving or mode.inaccessible
  result.backward_mode = backward and mode.driving or mode.inaccessible
  result.forward_speed = speed * sphere
  result.backward_speed = speed * sphere
  result.roundabout = junction == 'roundabout'
  result.circular = junction == 'circular'
end

function process_turn(profile, turn)
end

return { setup = setup, process_node = process_node, process_way = process_way, process_turn = process_turn }
