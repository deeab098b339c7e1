// Defines <rivulet-chat>. The rest of the widget is loaded when it is needed.
import '@rivulet/widget/define';

const chat = document.querySelector('rivulet-chat');
chat.gateway = new URLSearchParams(location.search).get('gateway') ?? 'http://127.0.0.1:8787';

document.querySelector('#ask').addEventListener('click', async () => {
  // Resolves when the gateway has accepted the message. An accepted message is not lost.
  await chat.sendMessage('What is Rivulet?');
});

chat.addEventListener('rivulet-run-end', ({ detail }) => {
  document.querySelector('#last').textContent = `${detail.reason}, ${detail.text.length} characters`;
});
