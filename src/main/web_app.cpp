#include "main/web_app.h"

namespace parvis {

http::Handler serve_web_app(const http::StaticFiles& files, Clock& clock) {
  return [&files, &clock](http::Request& request) -> Task<Result<http::Response>> {
    // Signing in is a page of its own, so that it stays small.
    bool signing_in = request.path == "/connexion" || request.path == "/invitation";
    if (signing_in) request.path = "/connexion.html";
    // A meeting too: guests without account open it, and it alone may ask for cameras and microphones.
    if (request.path.starts_with("/visio/")) request.path = "/visio.html";
    co_return files.serve(request, clock.now());
  };
}

}  // namespace parvis
