import {
  ConnectionQuality,
  ConnectionState,
  DisconnectReason,
  LocalVideoTrack,
  type Participant,
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
  Track,
  VideoQuality,
} from 'livekit-client';
import { store } from '../lib/store';
import type { Entry } from './api';
import { type Figures, figuresOf } from './figures';
import { type Mode, ModeKeeper, wantedIn } from './modes';

export type Gone = 'removed' | 'ended' | 'duplicate' | 'left' | 'lost';

export interface Tile {
  key: string;
  identity: string;
  name: string;
  self: boolean;
  verified: boolean;
  host: boolean;
  muted: boolean;
  speaking: boolean;
  /** When the hand was raised; '' when it is down. */
  hand: string;
  screen: boolean;
  video: Track | undefined;
}

export interface CallState {
  tiles: Tile[];
  microphone: boolean;
  camera: boolean;
  sharing: boolean;
  reconnecting: boolean;
  gone: Gone | undefined;
  /** A number that grows each time the server says that somebody waits. */
  lobby: number;
  mode: Mode;
  /** The line chose the mode, not the person. */
  reduced: boolean;
}

export interface Notices {
  entered: (name: string) => void;
  left: (name: string) => void;
  raised: (name: string) => void;
  muted: () => void;
}

interface Metadata {
  verified?: boolean;
  host?: boolean;
}

function metadataOf(participant: Participant): Metadata {
  try {
    return JSON.parse(participant.metadata ?? '{}') as Metadata;
  } catch {
    return {};
  }
}

const goneBy: Partial<Record<DisconnectReason, Gone>> = {
  [DisconnectReason.PARTICIPANT_REMOVED]: 'removed',
  [DisconnectReason.ROOM_DELETED]: 'ended',
  [DisconnectReason.DUPLICATE_IDENTITY]: 'duplicate',
  [DisconnectReason.CLIENT_INITIATED]: 'left',
};

/** Raised hands first, in the order they were raised; then whoever came first. */
export function byTurn(a: Tile, b: Tile): number {
  if (a.hand !== b.hand) return a.hand === '' ? 1 : b.hand === '' ? -1 : a.hand.localeCompare(b.hand);
  return 0;
}

function tilesOf(participant: Participant, self: boolean, mode: Mode): Tile[] {
  const wanted = wantedIn(mode);
  const { verified = false, host = false } = metadataOf(participant);
  const microphone = participant.getTrackPublication(Track.Source.Microphone);
  const common = {
    identity: participant.identity,
    name: participant.name ?? '',
    self,
    verified,
    host,
    muted: !microphone || microphone.isMuted,
    speaking: participant.isSpeaking,
    hand: participant.attributes['hand'] ?? '',
  };
  const camera = participant.getTrackPublication(Track.Source.Camera);
  const screen = participant.getTrackPublication(Track.Source.ScreenShare);
  const tiles: Tile[] = [
    {
      ...common,
      key: participant.identity,
      screen: false,
      video: camera && !camera.isMuted && (self || wanted.cameras) ? camera.track : undefined,
    },
  ];
  if (screen?.track && (self || wanted.screens))
    tiles.push({ ...common, key: `${participant.identity} screen`, screen: true, video: screen.track });
  return tiles;
}

const watchEveryMs = 2000;

/** A meeting one is in. Voices are played here; images are the tiles' business, so that what is off screen costs nothing. */
export class Call {
  readonly room = new Room({ adaptiveStream: true, dynacast: true, stopLocalTrackOnUnpublish: true });
  readonly state = store<CallState>({
    tiles: [],
    microphone: false,
    camera: false,
    sharing: false,
    reconnecting: false,
    gone: undefined,
    lobby: 0,
    mode: 'full',
    reduced: false,
  });
  private readonly keeper = new ModeKeeper();
  private watching: ReturnType<typeof setInterval> | undefined;
  private lobby = 0;

  constructor(notices: Notices) {
    const { room } = this;
    const look = () => this.look();
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
    ] as const)
      room.on(event, look);
    room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => {
      if (track.kind === Track.Kind.Audio) document.body.append(track.attach());
    });
    room.on(RoomEvent.TrackUnsubscribed, (track: RemoteTrack) => {
      for (const element of track.detach()) element.remove();
    });
    room.on(RoomEvent.TrackSubscribed, (_, publication) => this.applyTo(publication));
    room.on(RoomEvent.LocalTrackPublished, () => this.applyToOwn());
    room.on(RoomEvent.ParticipantConnected, (who) => notices.entered(who.name ?? ''));
    room.on(RoomEvent.ParticipantDisconnected, (who) => notices.left(who.name ?? ''));
    room.on(RoomEvent.ParticipantAttributesChanged, (changed, who) => {
      if (changed['hand'] && who !== room.localParticipant) notices.raised(who.name ?? '');
    });
    room.on(RoomEvent.DataReceived, (_, __, ___, topic) => {
      if (topic !== 'parvis.lobby') return;
      this.lobby += 1;
      look();
    });
    room.on(RoomEvent.TrackMuted, (publication, who) => {
      const mine = who === room.localParticipant && publication.source === Track.Source.Microphone;
      if (mine && !this.muting) notices.muted();
    });
    room.on(RoomEvent.Disconnected, (reason) => {
      clearInterval(this.watching);
      this.state.set({
        ...this.state.get(),
        gone: goneBy[reason ?? DisconnectReason.UNKNOWN_REASON] ?? 'lost',
      });
    });
  }

  private muting = false;

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

  async enter(entry: Entry, devices: { microphone: boolean; camera: boolean }): Promise<void> {
    await this.room.connect(entry.server_url, entry.token);
    await this.room.startAudio();
    if (devices.microphone) await this.setMicrophone(true);
    if (devices.camera) await this.setCamera(true);
    this.watching = setInterval(() => this.watchLine(), watchEveryMs);
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
    await this.room.localParticipant.setCameraEnabled(on);
    this.look();
  }
  async setSharing(on: boolean): Promise<void> {
    await this.room.localParticipant.setScreenShareEnabled(on, { audio: true });
    this.look();
  }
  async setHand(up: boolean): Promise<void> {
    await this.room.localParticipant.setAttributes({ hand: up ? new Date().toISOString() : '' });
    this.look();
  }
  /** By the person: images come back, or go, at once. */
  setMode(mode: Mode): void {
    this.apply(this.keeper.choose(mode), false);
  }
  /** The images stay, whatever the line is like. */
  keepImages(): void {
    this.keeper.fixed = true;
    this.setMode('full');
  }

  private watchLine(): void {
    const quality = this.room.localParticipant.connectionQuality;
    const poor = quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost;
    const next = this.keeper.observe(poor, performance.now());
    if (next) this.apply(next, next !== this.keeper.wished);
  }

  private apply(mode: Mode, reduced: boolean): void {
    this.state.set({ ...this.state.get(), mode, reduced });
    for (const who of this.room.remoteParticipants.values())
      for (const publication of who.videoTrackPublications.values()) this.applyTo(publication);
    if (!wantedIn(mode).cameras && this.room.localParticipant.isCameraEnabled) void this.setCamera(false);
    this.applyToOwn();
    this.look();
  }
  private applyTo(publication: RemoteTrackPublication): void {
    if (publication.kind !== Track.Kind.Video) return;
    const wanted = wantedIn(this.state.get().mode);
    const camera = publication.source === Track.Source.Camera;
    publication.setEnabled(camera ? wanted.cameras : wanted.screens);
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

  figures(): Promise<Figures> {
    return figuresOf(this.room);
  }
}
