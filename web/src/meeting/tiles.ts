import { ConnectionQuality, type Participant, Track } from 'livekit-client';
import { type Mode, wantedIn } from './modes';

export interface Tile {
  key: string;
  identity: string;
  name: string;
  self: boolean;
  verified: boolean;
  host: boolean;
  muted: boolean;
  speaking: boolean;
  /** Their line is weak: what one gets of them may stop. */
  poor: boolean;
  /** When the hand was raised; '' when it is down. */
  hand: string;
  screen: boolean;
  video: Track | undefined;
}

export const tileKey = (identity: string, screen: boolean) => (screen ? `${identity} screen` : identity);

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

/** Raised hands first, in the order they were raised; then whoever came first. */
export function byTurn(a: Tile, b: Tile): number {
  if (a.hand !== b.hand) return a.hand === '' ? 1 : b.hand === '' ? -1 : a.hand.localeCompare(b.hand);
  return 0;
}

const weak = [ConnectionQuality.Poor, ConnectionQuality.Lost];

/** The tiles of one participant: the person, and the screen that is shared. */
export function tilesOf(participant: Participant, self: boolean, mode: Mode): Tile[] {
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
    poor: weak.includes(participant.connectionQuality),
    hand: participant.attributes['hand'] ?? '',
  };
  const camera = participant.getTrackPublication(Track.Source.Camera);
  const screen = participant.getTrackPublication(Track.Source.ScreenShare);
  const tiles: Tile[] = [
    {
      ...common,
      key: tileKey(participant.identity, false),
      screen: false,
      video: camera && !camera.isMuted && (self || wanted.cameras) ? camera.track : undefined,
    },
  ];
  if (screen?.track && (self || wanted.screens))
    tiles.push({ ...common, key: tileKey(participant.identity, true), screen: true, video: screen.track });
  return tiles;
}
