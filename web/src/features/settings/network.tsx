import { useMeterToday } from '../../lib/api/queries';
import { percent, weight } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { ButtonLink } from '../../ui/button';
import { Meter, Section } from '../../ui/display';
import { Skeleton } from '../../ui/feedback';
import { prefTexts } from './i18n';
import { ImagesSetting } from './images';

export function NetworkSection() {
  const texts = useText(prefTexts);
  const { data } = useMeterToday();
  const total = data ? data.bytes_in + data.bytes_out : 0;
  return (
    <>
      <Section title={texts.network} card>
        <div class="stack">
          <p class="muted">{texts.networkLead}</p>
          {!data && <Skeleton lines={1} />}
          {data && (
            <>
              <p class="settings-figure tabular">{weight(total)}</p>
              {data.reference_bytes > 0 && (
                <>
                  <p class="small muted">{texts.reference(weight(data.reference_bytes))}</p>
                  <Meter
                    label={texts.share(percent(total / data.reference_bytes))}
                    value={total}
                    max={data.reference_bytes}
                  />
                </>
              )}
            </>
          )}
          <div>
            <ButtonLink href="/sobriete">{texts.detail}</ButtonLink>
          </div>
        </div>
      </Section>
      <ImagesSetting />
    </>
  );
}
