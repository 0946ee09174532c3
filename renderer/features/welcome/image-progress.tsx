import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { ImageState } from '../../../schema/contract/image.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { ImageStore } from './image-store.ts';
import { messages } from './messages.ts';

/** The images that profiles need and the engine does not have: how far they are, why they could not be had. */
export function ImageProgress() {
  const { client } = useServices();
  const images = useMemo(() => new ImageStore(client), [client]);
  const list = useStore(images.store, (state) => state.images);
  useEffect(() => {
    const leaving = new AbortController();
    void images.follow(leaving.signal);
    return () => leaving.abort();
  }, [images]);
  // The program's own are a check of the machine, which says what to do.
  const shown = list.filter(({ state, source }) => state !== 'ready' && source !== 'program');
  if (shown.length === 0) return null;
  return (
    <section className="images" aria-labelledby="images-title">
      <h2 id="images-title">{messages.images}</h2>
      <ul>
        {shown.map((image) => (
          <ImageRow key={image.name} image={image} onPrepare={() => void images.prepare(image.name)} />
        ))}
      </ul>
    </section>
  );
}

function ImageRow({ image, onPrepare }: { readonly image: ImageState; readonly onPrepare: () => void }) {
  const { name, state, detail, share, failure, source, profiles } = image;
  return (
    <li className="image-row" data-state={state} data-image={name}>
      <div className="image-head">
        {state === 'working' ? <Spinner /> : null}
        <span className="image-name mono truncate" title={messages.usedBy(profiles)}>
          {name}
        </span>
        {state === 'working' ? null : (
          <Button size="small" onClick={onPrepare}>
            {source === 'recipe' ? messages.buildImage : messages.pullImage}
          </Button>
        )}
      </div>
      {state === 'working' ? (
        <p className="image-detail">
          <progress max={1} {...(share === undefined ? {} : { value: share })} aria-label={detail ?? name} />
          <span className="truncate">{detail}</span>
        </p>
      ) : null}
      {failure ? <p className="image-failure selectable">{failure.why ?? failure.message}</p> : null}
    </li>
  );
}
