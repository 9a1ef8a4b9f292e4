import { Route, Switch } from 'wouter';
import { sentenceOf } from '../lib/api/client';
import { useMe } from '../lib/api/queries';
import { useText } from '../lib/i18n';
import { Button } from '../ui/button';
import { Loading } from '../ui/feedback';
import { ErrorBoundary } from './error-boundary';
import { appTexts } from './i18n';
import { LazyRoute } from './lazy-route';
import { NotFound } from './not-found';
import { routes } from './routes';
import { Shell } from './shell/shell';

export function App() {
  const texts = useText(appTexts);
  const { data: me, error, refetch } = useMe();
  if (error) {
    return (
      <main class="page page-narrow stack">
        <h1>{texts.cannotStart}</h1>
        <p>{sentenceOf(error)}</p>
        <div>
          <Button variant="primary" onClick={() => void refetch()}>
            {texts.retry}
          </Button>
        </div>
      </main>
    );
  }
  if (!me) return <Loading />;
  return (
    <Shell me={me}>
      <Switch>
        {routes.map((route) => (
          <Route key={route.id} path={route.path}>
            {(params) => (
              <ErrorBoundary key={route.id}>
                <LazyRoute route={route} params={params} />
              </ErrorBoundary>
            )}
          </Route>
        ))}
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Shell>
  );
}
