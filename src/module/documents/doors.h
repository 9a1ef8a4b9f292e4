#pragma once
// The collaboration doors: WebSockets in both framings, and HTTP for networks without WebSocket.
#include "module/documents/relay.h"

namespace parvis {

class DocumentsService;
/// /collaboration/yjs/{document}, /collaboration/hocuspocus
void add_socket_doors(Context& context, DocumentsService& service, Relay& relay);
/// /collaboration/http/{document}
void add_http_door(Context& context, DocumentsService& service, Relay& relay);

/// The session of the request, by cookie, bearer or ?token=. reasons::unauthenticated.
Result<const Session*> collaborator(Context& context, http::Request& request);

}  // namespace parvis
