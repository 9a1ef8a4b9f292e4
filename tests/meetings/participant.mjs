// One participant through @livekit/rtc-node: libwebrtc without a browser. Sends a tone and a moving picture, counts what it receives.
import {
  AudioFrame,
  AudioSource,
  AudioStream,
  LocalAudioTrack,
  LocalVideoTrack,
  Room,
  RoomEvent,
  TrackKind,
  TrackPublishOptions,
  TrackSource,
  VideoBufferType,
  VideoFrame,
  VideoSource,
  VideoStream,
} from '@livekit/rtc-node';

const rate = 48000;
const frameSamples = rate / 100;
const width = 1280;
const height = 720;

export class Participant {
  room = new Room();
  heard = new Map(); // identity → loudness of the last second
  seen = new Map(); // identity → width of the last frame
  sources = new Map(); // identity → what of it was seen
  messages = [];
  left = undefined;

  constructor() {
    this.room.on(RoomEvent.TrackSubscribed, (track, publication, who) => {
      const following = track.kind === TrackKind.KIND_AUDIO ? this.listen(track, who.identity) : this.watch(track, publication.source, who.identity);
      following.catch((error) => console.log(`a track that is gone again: ${error.message.slice(0, 100)}`));
    });
    this.room.on(RoomEvent.DataReceived, (payload, who, _, topic) =>
      this.messages.push({ text: new TextDecoder().decode(payload), from: who?.identity, topic }),
    );
    this.room.on(RoomEvent.Disconnected, (reason) => (this.left = reason));
  }

  async join(entry) {
    await this.room.connect(entry.server_url, entry.token, { autoSubscribe: true, dynacast: false });
    return this;
  }

  get others() {
    return [...this.room.remoteParticipants.values()];
  }

  other(identity) {
    return this.others.find((one) => one.identity === identity);
  }

  async listen(track, identity) {
    const reader = new AudioStream(track);
    let energy = 0;
    let samples = 0;
    for await (const frame of reader) {
      for (const value of frame.data) energy += value * value;
      samples += frame.data.length;
      if (samples < rate / 4) continue;
      this.heard.set(identity, Math.sqrt(energy / samples));
      energy = samples = 0;
    }
  }

  async watch(track, source, identity) {
    for await (const { frame } of new VideoStream(track)) {
      this.seen.set(identity, frame.width);
      this.sources.set(identity, (this.sources.get(identity) ?? new Set()).add(source));
    }
  }

  async speak() {
    const source = new AudioSource(rate, 1);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE });
    const publication = await this.room.localParticipant.publishTrack(LocalAudioTrack.createAudioTrack('voice', source), options);
    this.speaking = true;
    void (async () => {
      for (let at = 0; this.speaking && this.room.isConnected; ) {
        const data = Int16Array.from({ length: frameSamples }, () => 8000 * Math.sin((2 * Math.PI * 440 * at++) / rate));
        await source.captureFrame(new AudioFrame(data, rate, 1, frameSamples));
      }
    })();
    return publication;
  }

  async film() {
    const source = new VideoSource(width, height);
    const options = new TrackPublishOptions({ source: TrackSource.SOURCE_CAMERA, simulcast: true });
    const publication = await this.room.localParticipant.publishTrack(LocalVideoTrack.createVideoTrack('camera', source), options);
    const picture = new Uint8Array(width * height * 4);
    let turn = 0;
    this.camera = setInterval(() => {
      turn += 1;
      for (let at = 0; at < picture.length; at += 4) {
        picture[at] = (at / 4 + turn * 8) & 255;
        picture[at + 1] = turn & 255;
        picture[at + 3] = 255;
      }
      source.captureFrame(new VideoFrame(picture, width, height, VideoBufferType.RGBA));
    }, 100);
    return publication;
  }

  async leave() {
    this.speaking = false;
    clearInterval(this.camera);
    if (this.room.isConnected) await this.room.disconnect();
  }
}
