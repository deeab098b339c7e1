'use client';
/** A chat in place, a button that asks by the element's method, and the end of each answer as an event. */
import { RivuletChat } from '@rivulet/widget/react';
import type { RivuletChat as RivuletChatElement } from '@rivulet/widget';
import { useRef, useState } from 'react';

const options = { header: { title: 'Rivulet in Next' } };

export function Help({ gateway }: { gateway: string }) {
  const chat = useRef<RivuletChatElement>(null);
  const [last, setLast] = useState('none yet');
  return (
    <>
      <p>
        The chat below is a component of the page.{' '}
        <button type="button" onClick={() => void chat.current?.sendMessage('What is Rivulet?')}>
          Ask what Rivulet is
        </button>
      </p>
      <RivuletChat
        ref={chat}
        gateway={gateway}
        site="demo"
        mode="inline"
        options={options}
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
