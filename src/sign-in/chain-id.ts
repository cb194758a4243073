import * as v from 'valibot';
import { parseChainId, type ChainId } from '../accounts/account-id.js';
import { text, type SettingType } from '../options.js';

const MESSAGE = 'must be a CAIP-2 chain id like eip155:1';

/** The setting of a chain: its CAIP-2 id. */
export const chainId: SettingType<ChainId> = {
  form: text.form,
  schema: v.pipe(
    v.string(MESSAGE),
    v.rawTransform<string, ChainId>(({ dataset, addIssue, NEVER }) => {
      const read = parseChainId(dataset.value);
      if (read !== undefined) return read;
      addIssue({ message: MESSAGE });
      return NEVER;
    }),
  ) as unknown as v.GenericSchema<ChainId>,
};
