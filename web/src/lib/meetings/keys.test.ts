import { expect, it } from 'vitest';
import type { MeetingKey } from '../api/schema';
import { keyTexts } from './key-texts';
import { deliveryText } from './keys';

const key = (change: Partial<MeetingKey>): MeetingKey => ({
  id: 'k',
  name: 'Robot',
  created_by: 'Ada',
  created_at: 0,
  effective: true,
  webhook_url: 'https://a.example/',
  ...change,
});
const said = (change: Partial<MeetingKey>) => deliveryText(keyTexts.en, key(change));

it('says what became of the last call of the webhook', () => {
  const at = Date.now();
  expect(said({ webhook_url: '' })).toBe('');
  expect(said({})).toContain('nothing has been sent');
  expect(said({ delivery: { at, status: 200, failure: '' } })).toContain('taken');
  expect(said({ delivery: { at, status: 404, failure: 'refused' } })).toContain('refused (404)');
  expect(said({ delivery: { at, status: 0, failure: 'tls_refused' } })).toContain('out of reach');
  expect(said({ delivery: { at, status: 0, failure: 'address_not_allowed' } })).toContain('not public');
});
