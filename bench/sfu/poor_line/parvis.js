// Through Parvis, with livekit-client as it comes and the options of the web application.
const { Room, RoomEvent, Track } = LivekitClient;
async function enter({ server_url, token }) {
  window.room = new Room({ adaptiveStream: false, dynacast: true });
  room.on(RoomEvent.TrackSubscribed, (track, publication) => attach(publication.source, track.receiver, track.attach()));
  await room.connect(server_url, token);
}
async function publish() {
  await room.localParticipant.publishTrack(voice(), { source: Track.Source.Microphone });
  await room.localParticipant.publishTrack(await camera(), { source: Track.Source.Camera });
  await room.localParticipant.publishTrack(slides(), { source: Track.Source.ScreenShare });
}
