import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Loading } from '../ui/feedback';
import type { AppRoute, RouteProps } from './routes';

const reloadedKey = 'parvis.reloaded';

/**
 * A chunk that is gone (the server has a newer release) is answered by one reload of the page,
 * never by a loop: the mark lasts as long as the tab.
 */
function reloadOnce(): boolean {
  try {
    if (sessionStorage.getItem(reloadedKey)) return false;
    sessionStorage.setItem(reloadedKey, '1');
  } catch {
    return false;
  }
  location.reload();
  return true;
}

const loaded = new Map<string, ComponentType<RouteProps>>();

export function LazyRoute({ route, params }: { route: AppRoute; params: RouteProps['params'] }) {
  const [, redraw] = useState(0);
  const [failure, setFailure] = useState<Error>();
  const Page = loaded.get(route.id);
  useEffect(() => {
    if (loaded.has(route.id)) return;
    let current = true;
    route.load().then(
      (module) => {
        loaded.set(route.id, module.default);
        if (current) redraw((turn) => turn + 1);
      },
      (error: unknown) => {
        if (!navigator.onLine || !reloadOnce())
          setFailure(error instanceof Error ? error : new Error('load'));
      },
    );
    return () => {
      current = false;
    };
  }, [route]);
  if (failure) throw failure;
  if (!Page) return <Loading />;
  return <Page params={params} />;
}
