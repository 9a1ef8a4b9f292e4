import { api } from '../api/client';
import { refreshSpaces } from '../api/queries';

/** Accepts or refuses a person who asked to join. */
export async function decideJoinRequest(space: string, person: string, accepted: boolean): Promise<void> {
  await api.post(`/spaces/${space}/requests/${person}`, { accepted });
  await refreshSpaces();
}

/** Accepts or refuses a community that somebody asked for. */
export async function decideCommunity(space: string, accepted: boolean, reason?: string): Promise<void> {
  await api.post(`/spaces/${space}/decision`, reason ? { accepted, reason } : { accepted });
  await refreshSpaces();
}

export type JoinOutcome = 'joined' | 'requested';

export async function joinSpace(space: string, message?: string): Promise<JoinOutcome> {
  const answer = await api.post<{ outcome: JoinOutcome }>(
    `/spaces/${space}/join`,
    message ? { message } : {},
  );
  await refreshSpaces();
  return answer.outcome;
}

export async function withdrawRequest(space: string): Promise<void> {
  await api.delete(`/spaces/${space}/join`);
  await refreshSpaces();
}
