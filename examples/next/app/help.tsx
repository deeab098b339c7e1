'use client';
/** An inline chat, a button that sends a message with a method of the element, and an event handler for the end of an answer. */
import { RivuletChat } from '@rivulet/widget/react';
import type { RivuletChat as RivuletChatElement } from '@rivulet/widget';
import { useRef, useState } from 'react';

const options = { header: { title: 'Rivulet in Next' } };

/** The content of the page. @param gateway the URL of the gateway */
export function Help({ gateway }: { gateway: string }) {
  const chat = useRef<RivuletChatElement>(null);
  const [isReady, setIsReady] = useState(false);
  const [last, setLast] = useState('none yet');
  return (
    <>
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
    </>
  );
}
