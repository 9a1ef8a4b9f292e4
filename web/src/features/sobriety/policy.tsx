import { useNetworkNow, useNetworkPolicy } from '../../lib/api/queries';
import { dateTime } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { meetingsInWords, networkName, networkTexts, windowInWords } from '../../lib/network-policy';
import { List, ListRow, Section, Tag } from '../../ui/display';
import { sobrietyTexts } from './i18n';

/** The rules of the network, in words: what holds now, and every window. */
export function PolicySection() {
  const texts = useText(sobrietyTexts);
  const words = useText(networkTexts);
  const { data: now } = useNetworkNow();
  const { data: policy } = useNetworkPolicy();
  if (!now || !policy) return null;
  return (
    <Section title={texts.policy}>
      <div class="stack">
        <p>
          {texts.myNetwork(networkName(words, now.network))} {now.sentence}
          {now.next !== undefined && ` ${texts.nextWindow(dateTime(now.next))}`}
        </p>
        {policy.windows.length > 0 && (
          <List label={texts.policy}>
            {policy.windows.map((window) => (
              <ListRow
                key={window.name}
                title={
                  <>
                    {window.name} {window.name === now.window && <Tag tone="info">{texts.nowTag}</Tag>}
                  </>
                }
                detail={`${windowInWords(words, window)}. ${meetingsInWords(words, window)}`}
              />
            ))}
          </List>
        )}
      </div>
    </Section>
  );
}
