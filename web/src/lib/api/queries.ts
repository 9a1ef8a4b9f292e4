import { queryClient, useQuery } from '../query';
import { api } from './client';
import type {
  FileEntry,
  Home,
  Me,
  MeterToday,
  NetworkNow,
  NetworkPolicyDocument,
  Notification,
  PersonBrief,
  Space,
  SpaceBrief,
  SpaceKind,
} from './schema';

export { queryClient } from '../query';

/** Every key in one place, so that a live hint knows what it makes stale. */
export const keys = {
  me: ['me'] as const,
  home: ['home'] as const,
  recentFiles: ['home', 'files'] as const,
  meterToday: ['meter', 'today'] as const,
  notifications: ['notifications'] as const,
  spaces: (filter: object = {}) => ['spaces', filter] as const,
  space: (slug: string, ...part: string[]) => ['space', slug, ...part] as const,
  people: (query: string) => ['people', query] as const,
};

export const fetchMe = () => api.get<Me>('/session');

export const useMe = () => useQuery({ queryKey: keys.me, queryFn: fetchMe, staleTime: Infinity });

export const useHome = () => useQuery({ queryKey: keys.home, queryFn: () => api.get<Home>('/home') });

export type RecentFile = FileEntry & { space: SpaceBrief };

export const useRecentFiles = () =>
  useQuery({ queryKey: keys.recentFiles, queryFn: () => api.get<{ files: RecentFile[] }>('/files/recent') });

export const networkKey = ['network'];
export const useNetworkNow = () =>
  useQuery({ queryKey: networkKey, queryFn: () => api.get<NetworkNow>('/network') });
/** The document that any client may read. */
export const useNetworkPolicy = () =>
  useQuery({
    queryKey: ['network-policy'],
    queryFn: async () => {
      const answer = await fetch('/.well-known/parvis-network-policy');
      return (await answer.json()) as NetworkPolicyDocument;
    },
  });

export const useMeterToday = () =>
  useQuery({ queryKey: keys.meterToday, queryFn: () => api.get<MeterToday>('/meter/today') });

export interface NotificationPage {
  notifications: Notification[];
  unread: number;
  next?: string;
}

export const useNotifications = () =>
  useQuery({ queryKey: keys.notifications, queryFn: () => api.get<NotificationPage>('/notifications') });

export interface SpacePage {
  spaces: SpaceBrief[];
  next?: string;
}

export const useMySpaces = () =>
  useQuery({
    queryKey: keys.spaces({ mine: 1 }),
    queryFn: () => api.get<SpacePage>('/spaces', { query: { mine: 1 } }),
  });

export interface SpaceFilter {
  kind: SpaceKind;
  q: string;
  mine?: 1 | undefined;
  after?: string | undefined;
}

export const fetchSpaces = (filter: SpaceFilter, signal?: AbortSignal) =>
  api.get<SpacePage>('/spaces', { query: { ...filter }, ...(signal && { signal }) });

export const useSpace = (slug: string) =>
  useQuery({
    queryKey: keys.space(slug),
    queryFn: () => api.get<Space>(`/spaces/${encodeURIComponent(slug)}`),
  });

export const fetchPeople = (query: string, signal?: AbortSignal) =>
  api.get<{ people: PersonBrief[] }>('/people', { query: { q: query }, ...(signal && { signal }) });

/** After a change to a space or a membership: whatever shows it is fetched again. */
export async function refreshSpaces(): Promise<void> {
  await Promise.all(
    ['space', 'spaces', 'home'].map((first) => queryClient.invalidateQueries({ queryKey: [first] })),
  );
}
