-- The profile OSRM is given for a graph written out as ways of two nodes: each says its own tenths of a second.

api_version = 4

function setup()
  return {
    properties = {
      weight_name = 'duration', weight_precision = 1, max_speed_for_map_matching = 200 / 3.6,
      process_call_tagless_node = false, u_turn_penalty = 0, continue_straight_at_waypoint = false,
      use_turn_restrictions = false, left_hand_driving = false,
    },
  }
end

function process_way(profile, way, result)
  local oneway = way:get_value_by_key('oneway') == 'yes'
  result.forward_mode = mode.driving
  result.backward_mode = oneway and mode.inaccessible or mode.driving
  result.duration = tonumber(way:get_value_by_key('tenths')) / 10
end

function process_turn(profile, turn)
end

return { setup = setup, process_way = process_way, process_turn = process_turn }
