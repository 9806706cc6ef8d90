// The price of a target: the operator's, else the list price, else unknown. Looked-up prices are cached with the
// configuration, since targets come with requests too. Nothing is looked up at load: the list is long.
import type { Usage } from "../core/chat.ts";
import type { Price, Tariff } from "../core/price.ts";
import type { ProviderRow } from "../core/provider.ts";

/** Models come with requests: beyond so many per provider all prices are looked up again. */
const MOST = 500;
const MILLION = 1_000_000;

export type TariffOf = (own: Price | null, row: ProviderRow, model: string) => Tariff | null;

/** The operator's own price has one input price, for cached tokens as well. */
const ownTariff = (price: Price): Tariff => ({
  price: () => price,
  cost: ({ input, output }: Usage) =>
    input === null || (output === null && price.output > 0)
      ? null
      : (input * price.input + (output ?? 0) * price.output) / MILLION,
});

export const rememberTariffs = (): TariffOf => {
  const listed = new WeakMap<ProviderRow, Map<string, Tariff>>();
  return (own, row, model) => {
    if (own !== null) return ownTariff(own);
    if (row.tariff === undefined) return null;
    const models = listed.get(row) ?? new Map<string, Tariff>();
    const modelTariff = models.get(model);
    if (modelTariff !== undefined) return modelTariff;
    if (models.size >= MOST) models.clear();
    const tariff = row.tariff(model);
    models.set(model, tariff);
    listed.set(row, models);
    return tariff;
  };
};
