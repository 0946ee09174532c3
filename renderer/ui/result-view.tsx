import { JsonView, shownText } from './json-view.tsx';
import { resultParts } from './result-parts.ts';
import './result-view.css';

/** What a call gave: texts as they are, each below its name, and the rest as JSON. */
export function ResultView({ result }: { readonly result: unknown }) {
  const { texts, rest } = resultParts(result);
  return (
    <div className="result-view">
      {rest === undefined ? null : <JsonView value={rest} />}
      {texts.map(({ name, text }) => (
        <div key={name}>
          {name === '' ? null : <p className="text-block-name mono">{name}</p>}
          <pre className="text-block selectable">{shownText(text)}</pre>
        </div>
      ))}
    </div>
  );
}
