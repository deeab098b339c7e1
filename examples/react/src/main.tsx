/** An inline chat, a button that sends a message with a method of the element, and an event handler for the end of an answer. */
import { RivuletChat } from '@rivulet/widget/react';
import type { RivuletChat as RivuletChatElement } from '@rivulet/widget';
import { useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const gateway = new URLSearchParams(location.search).get('gateway') ?? 'http://127.0.0.1:8787';
// Outside the component, so that every render passes the same object and the options are not applied again.
const options = { header: { title: 'Rivulet in React' } };

function Page() {
  const chat = useRef<RivuletChatElement>(null);
  const [isReady, setIsReady] = useState(false);
  const [last, setLast] = useState('none yet');
  return (
    <main>
      <h1>A page of your own</h1>
      <p>
        The chat below is a component of the page.{' '}
        <button
          type="button"
          disabled={!isReady}
          onClick={() => void chat.current?.sendMessage('What is Rivulet?')}
        >
          Ask what Rivulet is
        </button>
      </p>
      <RivuletChat
        ref={chat}
        gateway={gateway}
        site="demo"
        mode="inline"
        options={options}
        onReady={() => {
          setIsReady(true);
        }}
        onRunEnd={({ detail }) => {
          setLast(`${detail.reason}, ${detail.text.length} characters`);
        }}
      />
      <p>
        Last answer: <output>{last}</output>
      </p>
    </main>
  );
}

const root = document.querySelector('#app');
if (root !== null) createRoot(root).render(<Page />);
