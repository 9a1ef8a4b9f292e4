import { describe, expect, it } from 'vitest';
import { check, destination } from './check';
import { texts } from './texts';

const entered = { name: '', email: 'claire@exemple.gouv.fr', password: 'une longue phrase' };

describe('check', () => {
  it('asks for what is missing, each in its own words', () => {
    expect(check({ name: '', email: '', password: '' }, false, texts.fr)).toEqual({
      email: texts.fr.emailMissing,
      password: texts.fr.passwordMissing,
    });
    expect(check({ ...entered, email: 'claire' }, false, texts.fr).email).toBe(texts.fr.emailWrong);
  });
  it('asks a guest for a name and a long password, a known person for neither', () => {
    expect(check({ ...entered, password: 'court' }, true, texts.fr)).toEqual({
      name: texts.fr.nameMissing,
      password: texts.fr.passwordShort,
    });
    expect(check({ ...entered, password: 'court' }, false, texts.fr)).toEqual({});
  });
});

describe('destination', () => {
  it.each([
    ['?suite=%2Fc%2Fachats', '/c/achats'],
    ['', '/'],
    ['?suite=https%3A%2F%2Fevil.example', '/'],
    ['?suite=%2F%2Fevil.example', '/'],
    ['?suite=%2F%5Cevil.example', '/'],
    ['?suite=javascript%3Aalert(1)', '/'],
  ])('%s leads to %s', (search, path) => expect(destination(search)).toBe(path));
});
