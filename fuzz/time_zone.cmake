parvis_fuzz(time_zone time_zone.cpp parvis_proto)
