import {
  ConnectionQuality,
  ConnectionState,
  DisconnectReason,
  type LocalTrack,
  LocalVideoTrack,
  type Participant,
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
  Track,
  VideoQuality,
} from 'livekit-client';
import type { Reception } from '../lib/api/schema';
import { store } from '../lib/store';
import type { Entry } from './api';
import { type CallState, emptyState, goneBy, type Notices } from './call-state';
import { CaptionLines } from './captions';
import { chosenDevice, type DeviceKind, deviceProblem } from './devices';
import { keepAttributes } from './kept-attributes';
import { isRicher, type Mode, ModeKeeper, mayChoose, wantedIn } from './modes';
import { unlessMoved } from './moves';
import { openTracks } from './open-tracks';
import { readPacket, until } from './packets';
import { publishDefaults } from './room-options';
import { SpeakerKeeper } from './speaker';
import { byTurn, tileKey, tilesOf } from './tiles';

export type { CallState, Gone, Notices } from './call-state';
export { byTurn, type Tile } from './tiles';

const watchEveryMs = 2000;
const listenEveryMs = 400;

const captured = (kind: DeviceKind) => {
  const deviceId = chosenDevice(kind);
  return deviceId ? { deviceId } : {};
};

/** A meeting one is in. Voices are played here; images are the tiles' business, so that what is off screen costs nothing. */
export class Call {
  readonly room = new Room({
    adaptiveStream: true,
    dynacast: true,
    stopLocalTrackOnUnpublish: true,
    publishDefaults,
    audioCaptureDefaults: captured('audioinput'),
    videoCaptureDefaults: captured('videoinput'),
    ...(chosenDevice('audiooutput') && { audioOutput: { deviceId: chosenDevice('audiooutput') ?? '' } }),
  });
  readonly state = store<CallState>(emptyState);
  readonly captions = new CaptionLines(this.room);
  private readonly keeper = new ModeKeeper();
  private readonly timers: ReturnType<typeof setInterval>[] = [];
  private readonly speakers = new SpeakerKeeper();
  /** When each last spoke, by identity. */
  readonly spokeAt = new Map<string, number>();
  /** The tiles on screen: the images of the others are not received. */
  private readonly viewed = new Set<string>();
  private lobby = 0;

  constructor(private readonly notices: Notices) {
    const { room } = this;
    const look = () => this.look();
    const tell = unlessMoved(room);
    keepAttributes(room);
    for (const event of [
      RoomEvent.ParticipantConnected,
      RoomEvent.ParticipantDisconnected,
      RoomEvent.TrackSubscribed,
      RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackMuted,
      RoomEvent.TrackUnmuted,
      RoomEvent.LocalTrackPublished,
      RoomEvent.LocalTrackUnpublished,
      RoomEvent.ActiveSpeakersChanged,
      RoomEvent.ParticipantAttributesChanged,
      RoomEvent.ParticipantMetadataChanged,
      RoomEvent.ConnectionStateChanged,
      RoomEvent.Moved,
      RoomEvent.ConnectionQualityChanged,
    ] as const)
      room.on(event, look);
    room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
      if (track.kind === Track.Kind.Audio) document.body.append(track.attach());
    });
    room.on(RoomEvent.TrackUnsubscribed, (track: RemoteTrack) => {
      for (const element of track.detach()) element.remove();
    });
    room.on(RoomEvent.TrackSubscribed, (_, publication, who) => this.applyTo(publication, who));
    room.on(RoomEvent.LocalTrackPublished, () => this.applyToOwn());
    room.on(RoomEvent.ParticipantConnected, (who) => tell(() => notices.entered(who.name ?? '')));
    room.on(RoomEvent.ParticipantDisconnected, (who) => {
      this.speakers.forget(who.identity);
      tell(() => notices.left(who.name ?? ''));
    });
    room.on(RoomEvent.ParticipantAttributesChanged, (changed, who) => {
      if (changed['hand'] && who !== room.localParticipant) notices.raised(who.name ?? '');
    });
    room.on(RoomEvent.DataReceived, (payload, who, _, topic) => {
      if (!who) this.hear(topic, payload); // the server's words have no sender
    });
    room.on(RoomEvent.ActiveDeviceChanged, (kind, id) => {
      void navigator.mediaDevices.enumerateDevices().then((all) => {
        const used = all.find((one) => one.kind === kind && one.deviceId === id);
        if (used?.label) notices.deviceChanged(used.label);
      });
    });
    room.on(RoomEvent.MediaDevicesError, (error, kind) => {
      const said = deviceProblem(error, kind === 'videoinput' ? 'video' : 'audio');
      if (said) notices.device(said);
    });
    room.on(RoomEvent.TrackMuted, (publication, who) => {
      const mine = who === room.localParticipant && publication.source === Track.Source.Microphone;
      if (mine && !this.muting) notices.muted();
    });
    room.on(RoomEvent.Disconnected, (reason) => {
      this.timers.forEach(clearInterval);
      document.removeEventListener('visibilitychange', this.applyToAll);
      this.state.set({
        ...this.state.get(),
        gone: goneBy[reason ?? DisconnectReason.UNKNOWN_REASON] ?? 'lost',
      });
    });
  }

  private muting = false;

  private hear(topic: string | undefined, payload: Uint8Array): void {
    if (topic === 'parvis.lobby') {
      this.lobby += 1;
      this.look();
    } else if (topic === 'parvis.reception') {
      const reception = readPacket<Reception>(payload);
      if (reception) this.take(reception);
    } else if (topic === 'parvis.weight') {
      const weight = readPacket<CallState['weight']>(payload);
      if (weight) this.state.set({ ...this.state.get(), weight });
    }
  }

  private look(): void {
    const { room } = this;
    const tiles = [room.localParticipant, ...room.remoteParticipants.values()].flatMap((one) =>
      tilesOf(one, one === room.localParticipant, this.state.get().mode),
    );
    this.state.set({
      ...this.state.get(),
      tiles: tiles.sort(byTurn),
      microphone: room.localParticipant.isMicrophoneEnabled,
      camera: room.localParticipant.isCameraEnabled,
      sharing: room.localParticipant.isScreenShareEnabled,
      reconnecting: [ConnectionState.Reconnecting, ConnectionState.SignalReconnecting].includes(room.state),
      lobby: this.lobby,
    });
  }

  async enter(entry: Entry, devices: { microphone: boolean; camera: boolean; mode?: Mode }): Promise<void> {
    this.take(entry.reception);
    const camera = devices.camera && entry.reception.camera;
    if (devices.camera && !camera) this.notices.cameraRefused();
    // Devices open while the room is joined: one does not wait for the other.
    const tracks = openTracks({ ...devices, camera }, captured);
    await this.room.connect(entry.server_url, entry.token);
    await this.room.startAudio();
    if (devices.mode && devices.mode !== entry.reception.mode) this.setMode(devices.mode);
    const opened = await tracks;
    await Promise.all(
      opened.tracks.map((track) => this.room.localParticipant.publishTrack(track as LocalTrack)),
    );
    if (opened.problem) this.notices.device(opened.problem);
    this.timers.push(
      setInterval(() => this.watchLine(), watchEveryMs),
      setInterval(() => this.listen(), listenEveryMs),
    );
    document.addEventListener('visibilitychange', this.applyToAll);
    this.look();
  }

  async setMicrophone(on: boolean): Promise<void> {
    this.muting = true;
    try {
      await this.room.localParticipant.setMicrophoneEnabled(on);
    } finally {
      this.muting = false;
      this.look();
    }
  }
  async setCamera(on: boolean): Promise<void> {
    if (on && !(await this.cameraAllowed())) return this.notices.cameraRefused();
    await this.room.localParticipant.setCameraEnabled(on);
    this.look();
  }
  async setSharing(on: boolean): Promise<void> {
    await this.room.localParticipant.setScreenShareEnabled(on, { audio: true, contentHint: 'text' });
    this.look();
  }
  async setHand(up: boolean): Promise<void> {
    await this.room.localParticipant.setAttributes({ hand: up ? new Date().toISOString() : '' });
    this.look();
  }
  /** By the person: images come back, or go, at once. The server keeps to it too. */
  setMode(mode: Mode): void {
    this.apply(this.keeper.choose(mode), false);
    void this.room.localParticipant.setAttributes({ mode }).catch(() => undefined);
  }
  /** The images stay, whatever the line is like: as many as the policy leaves. */
  keepImages(): void {
    this.keeper.fixed = true;
    const { reception } = this.state.get();
    this.setMode(mayChoose('full', reception) ? 'full' : (reception?.meetings.ceiling ?? 'full'));
  }
  /** What the server decided for this person. */
  take(reception: Reception): void {
    this.state.set({ ...this.state.get(), reception });
    const mode = this.keeper.bound(reception.mode);
    this.apply(mode, isRicher(this.keeper.wished, mode));
  }
  /** A camera is sent where images are received: small ones are chosen for that when the policy leaves them. */
  private async cameraAllowed(): Promise<boolean> {
    const allowed = () => this.state.get().reception?.camera ?? true;
    if (allowed()) return true;
    if (!mayChoose('low_video', this.state.get().reception)) return false;
    this.setMode('low_video');
    return until(this.state, allowed);
  }

  private watchLine(): void {
    const quality = this.room.localParticipant.connectionQuality;
    const poor = quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost;
    const next = this.keeper.observe(poor, performance.now());
    if (next) this.apply(next, next !== this.keeper.wished);
  }

  private apply(mode: Mode, reduced: boolean): void {
    this.state.set({ ...this.state.get(), mode, reduced });
    this.applyToAll();
    const sends = wantedIn(mode).cameras || this.state.get().reception?.camera;
    if (!sends && this.room.localParticipant.isCameraEnabled) void this.setCamera(false);
    this.applyToOwn();
    this.look();
  }
  /** A tile comes on screen or leaves it. */
  view(key: string, visible: boolean): void {
    if (visible === this.viewed.has(key)) return;
    if (visible) this.viewed.add(key);
    else this.viewed.delete(key);
    this.applyToAll();
  }

  private listen(): void {
    const speaking = this.room.activeSpeakers.filter((who) => !who.isLocal).map((who) => who.identity);
    const now = performance.now();
    for (const identity of speaking) this.spokeAt.set(identity, now);
    const speaker = this.speakers.observe(speaking, now);
    if (speaker !== this.state.get().speaker) this.state.set({ ...this.state.get(), speaker });
  }

  private readonly applyToAll = (): void => {
    for (const who of this.room.remoteParticipants.values())
      for (const publication of who.videoTrackPublications.values()) this.applyTo(publication, who);
  };
  private applyTo(publication: RemoteTrackPublication, who: Participant): void {
    if (publication.kind !== Track.Kind.Video || !publication.isDesired) return;
    const wanted = wantedIn(this.state.get().mode);
    const camera = publication.source === Track.Source.Camera;
    // Said to the server by hand: livekit-client counts an image that was never shown as visible.
    const visible = document.visibilityState === 'visible' && this.viewed.has(tileKey(who.identity, !camera));
    publication.setEnabled(visible && (camera ? wanted.cameras : wanted.screens));
    if (camera) publication.setVideoQuality(wanted.smallCameras ? VideoQuality.LOW : VideoQuality.HIGH);
  }
  private applyToOwn(): void {
    const track = this.room.localParticipant.getTrackPublication(Track.Source.Camera)?.track;
    const small = wantedIn(this.state.get().mode).smallCameras;
    if (track instanceof LocalVideoTrack)
      track.setPublishingQuality(small ? VideoQuality.LOW : VideoQuality.HIGH);
  }

  leave(): Promise<void> {
    return this.room.disconnect();
  }
}
