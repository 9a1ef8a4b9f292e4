parvis_fuzz(websocket websocket.cpp parvis_proto)
