import { settings } from '@itsup/config/testing/model';

import { retryWaitMs } from './certificates';

describe('retryWaitMs', () => {
  it('is what deploys wait, and the default of the settings where they do not', () => {
    const { letsEncrypt } = settings();
    expect(retryWaitMs({ wait: 20 })).toBe(20_000);
    expect(retryWaitMs({ wait: 0 })).toBe(letsEncrypt.wait * 1000);
  });
});
