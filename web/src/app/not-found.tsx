import { usePageTitle } from '../lib/a11y/title';
import { useText } from '../lib/i18n';
import { ButtonLink } from '../ui/button';
import { appTexts } from './i18n';

export function NotFound() {
  const texts = useText(appTexts);
  usePageTitle(texts.notFound);
  return (
    <div class="page page-narrow stack">
      <h1 tabIndex={-1}>{texts.notFound}</h1>
      <p class="muted">{texts.notFoundDetail}</p>
      <div class="row">
        <ButtonLink href="/" variant="primary">
          {texts.backHome}
        </ButtonLink>
        <ButtonLink href="/plan">{texts.siteMap}</ButtonLink>
      </div>
    </div>
  );
}
