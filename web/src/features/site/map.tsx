import { Link } from 'wouter';
import { usePageTitle } from '../../lib/a11y/title';
import { useMe, useMySpaces } from '../../lib/api/queries';
import { useText } from '../../lib/i18n';
import { spacePath } from '../../lib/paths';
import { PageHeader, Section } from '../../ui/display';
import { siteTexts } from './i18n';

type Entry = readonly [href: string, label: string];

function Links({ entries }: { entries: readonly Entry[] }) {
  return (
    <ul class="stack person-list">
      {entries.map(([href, label]) => (
        <li key={href}>
          <Link href={href}>{label}</Link>
        </li>
      ))}
    </ul>
  );
}

export default function SiteMapPage() {
  const texts = useText(siteTexts);
  const { data: me } = useMe();
  const { data: mine } = useMySpaces();
  usePageTitle(texts.map);
  if (!me) return null;
  const spaces = mine?.spaces ?? [];
  return (
    <div class="page">
      <PageHeader title={texts.map} detail={texts.mapLead} />
      <div class="card-grid">
        <Section title={texts.tools} card>
          <Links
            entries={[
              ['/', texts.home],
              ['/messages', texts.messages],
              ['/c', texts.communities],
              ...(me.may.some((action) => action === 'community_create' || action === 'community_request')
                ? ([['/c/nouvelle', texts.newCommunity]] as const)
                : []),
              ['/p', texts.projects],
              ...(me.may.includes('project_create') ? ([['/p/nouveau', texts.newProject]] as const) : []),
              ['/sobriete', texts.sobriety],
            ]}
          />
        </Section>
        <Section title={texts.mySpaces} card>
          {spaces.length === 0 && <p class="muted">{texts.noSpace}</p>}
          <Links entries={spaces.map((space) => [spacePath(space), space.name] as const)} />
        </Section>
        <Section title={texts.settings} card>
          <Links
            entries={[
              ['/parametres', texts.profile],
              ['/parametres/affichage', texts.display],
              ['/parametres/appareils', texts.devices],
              ['/parametres/mot-de-passe', texts.password],
              ['/parametres/reseau', texts.network],
            ]}
          />
        </Section>
        {me.instance_role !== 'none' && (
          <Section title={texts.administration} card>
            <Links
              entries={(
                [
                  ['person_manage', '/administration', texts.people],
                  ['administration_manage', '/administration/administrations', texts.administrations],
                  ['community_decide', '/administration/demandes', texts.requests],
                  ['administration_manage', '/administration/reseau', texts.networkPolicy],
                  ['audit_read', '/administration/journal', texts.audit],
                ] as const
              )
                .filter(([action]) => me.may.includes(action))
                .map(([, href, label]) => [href, label] as const)}
            />
          </Section>
        )}
        <Section title={texts.about} card>
          <Links
            entries={[
              ['/a-propos/accessibilite', texts.accessibility],
              ['/a-propos/donnees-personnelles', texts.privacy],
              ['/a-propos/mentions-legales', texts.legal],
            ]}
          />
        </Section>
      </div>
    </div>
  );
}
