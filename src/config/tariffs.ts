// The price of a target: the operator's, else the list price, else unknown. Looked-up prices are cached with the
// configuration, since targets come with requests too. Nothing is looked up at load: the list is long.
import type { Usage } from "../core/chat.ts";
import type { Price, Tariff } from "../core/price.ts";
import type { ProviderRow } from "../core/provider.ts";
import { costOfTokens, ratesFor } from "../domain/token-cost.ts";

/** Models come with requests: beyond so many per provider all prices are looked up again. */
const MOST = 500;

export type TariffOf = (own: Price | null, row: ProviderRow, model: string) => Tariff | null;

/** The price in the operator's words. */
export const ownTariff = (price: Price): Tariff => ({
  price: () => price,
  cost: (usage: Usage) => (usage.input === null ? null : costOfTokens(usage, ratesFor(price, usage.input))),
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
