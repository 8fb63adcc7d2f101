/**
 * A floor as a table of coloured squares, the top row in the north of the drawing. Grafana has no panel for a plan of one's own
 * that all versions from 9.4 on read alike: its heat map wants time from left to right, and its map wants the earth.
 */
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder, type PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { DATA_SOURCE, is, type PostgresQuery, query } from './postgres/query.ts';

const COLUMNS = 30;

export interface FloorMapWords {
  readonly title: string;
  readonly description: string;
  readonly empty: string;
  readonly decimals: number;
  readonly height: number;
}

/**
 * @param squares a query with `x_metres`, `y_metres` and `value`; what falls into one square is added up.
 */
export function floorMap(words: FloorMapWords, squares: PostgresQuery): Table {
  const columns = Object.fromEntries(
    Array.from({ length: COLUMNS }, (_, i) => [
      `c${String(i).padStart(2, '0')}`,
      `max(s.value) FILTER (WHERE s.x = ${i})`,
    ]),
  );
  const map = query()
    .with(
      'plan',
      query()
        .select({
          left: 'min_x',
          low: 'min_y',
          // Squares of two metres, or of a multiple where the floor is longer than thirty of them.
          side: `2 * ceil((max_x - min_x) / ${2 * COLUMNS})`,
          high: 'max_y',
        })
        .from('dashboard.floor')
        .where(is('site', 'site'), is('floor', 'floor')),
    )
    .with('place', squares)
    .with(
      'square',
      query()
        .select({
          x: 'floor((place.x_metres - plan."left") / plan.side)',
          y: 'floor((place.y_metres - plan.low) / plan.side)',
          value: 'sum(place.value)',
        })
        .from('place, plan')
        .groupBy('1', '2'),
    )
    .select({ y: `round(plan.low + r.y * plan.side) || ' m'`, ...columns })
    .from('plan, LATERAL generate_series(0, ceil((plan.high - plan.low) / plan.side)::integer - 1) AS r (y)')
    .leftJoin('square AS s', 's.y = r.y')
    // No squares at all are no map: then the panel says why.
    .where('EXISTS (SELECT 1 FROM square)')
    .groupBy('r.y', 'plan.low', 'plan.side')
    .orderBy('r.y DESC');
  return (
    new PanelBuilder()
      .title(words.title)
      .description(words.description)
      .datasource(DATA_SOURCE)
      .span(24)
      .height(words.height)
      // Hours are added up to two and a half days, then days: it must not depend on how wide a screen is.
      .maxDataPoints(500)
      .noValue(words.empty)
      .decimals(words.decimals)
      .min(0)
      .showHeader(false)
      .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.ContinuousBlYlRd))
      .minWidth(20)
      .withTarget(map.refId('A'))
      .overrides([
        {
          matcher: { id: 'byType', options: 'number' },
          properties: [
            { id: 'custom.displayMode', value: 'color-background-solid' },
            { id: 'custom.align', value: 'center' },
            { id: 'noValue', value: ' ' },
          ],
        },
        {
          matcher: { id: 'byName', options: 'y' },
          properties: [{ id: 'custom.width', value: 60 }],
        },
      ])
  );
}
