import { DisconnectReason } from 'livekit-client';
import type { Reception } from '../lib/api/schema';
import type { Mode } from './modes';
import type { Tile } from './tiles';

export type Gone = 'removed' | 'ended' | 'duplicate' | 'left' | 'lost';

export interface CallState {
  tiles: Tile[];
  microphone: boolean;
  camera: boolean;
  sharing: boolean;
  reconnecting: boolean;
  gone: Gone | undefined;
  /** Whose picture is large when whoever speaks is. */
  speaker: string | undefined;
  /** A number that grows each time the server says that somebody waits. */
  lobby: number;
  mode: Mode;
  /** The line chose the mode, not the person. */
  reduced: boolean;
  /** What the network policy says to me; known from the door on. */
  reception: Reception | undefined;
  /** As the server counts: bytes on the wire, mine and everybody's. */
  weight: { received: number; sent: number; meeting: number };
}

export interface Notices {
  entered: (name: string) => void;
  left: (name: string) => void;
  raised: (name: string) => void;
  muted: () => void;
  /** A device failed: why, and what to do. */
  device: (sentence: string) => void;
  /** Another device is in use now, chosen or because the one before was unplugged. */
  deviceChanged: (name: string) => void;
  /** The policy does not let the camera go now. */
  cameraRefused: () => void;
}

export const goneBy: Partial<Record<DisconnectReason, Gone>> = {
  [DisconnectReason.PARTICIPANT_REMOVED]: 'removed',
  [DisconnectReason.ROOM_DELETED]: 'ended',
  [DisconnectReason.DUPLICATE_IDENTITY]: 'duplicate',
  [DisconnectReason.CLIENT_INITIATED]: 'left',
};

export const emptyState: CallState = {
  tiles: [],
  microphone: false,
  camera: false,
  sharing: false,
  reconnecting: false,
  gone: undefined,
  speaker: undefined,
  lobby: 0,
  mode: 'full',
  reduced: false,
  reception: undefined,
  weight: { received: 0, sent: 0, meeting: 0 },
};
