parvis_fuzz(cookies cookies.cpp parvis_proto)
