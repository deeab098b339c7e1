/** Texts of the menu in Brazilian Portuguese. */
import type { MenuStrings } from './menu-en.ts';

/** The Brazilian Portuguese texts. */
export const menuPtBR: MenuStrings = {
  askPerson: 'Falar com uma pessoa',
  history: 'Conversas',
  exportData: 'Baixar meus dados',
  eraseData: 'Apagar meus dados',
  back: 'Voltar à conversa',
  search: 'Pesquisar conversas',
  noConversations: 'Ainda não há conversas.',
  nothingFound: 'Nada encontrado.',
  historyFailed: 'Não foi possível carregar as conversas.',
  loadMore: 'Mostrar mais',
  rename: 'Renomear',
  renameField: 'Nome da conversa',
  save: 'Salvar',
  cancel: 'Cancelar',
  remove: 'Excluir',
  removeAsks: 'Excluir “{title}” definitivamente?',
  removed: 'A conversa foi excluída.',
  untitled: 'Conversa',
  loading: 'Carregando…',
  found: { one: '{count} conversa', other: '{count} conversas' },
  eraseTitle: 'Apagar tudo?',
  eraseDetail:
    'Todas as suas conversas e arquivos serão apagados aqui e no servidor. Isso não pode ser desfeito.',
  eraseConfirm: 'Apagar tudo',
  erased: 'Tudo foi apagado.',
  eraseFailed: 'Não foi possível apagar tudo. Tente novamente.',
  eraseHeld: 'Nem tudo foi apagado: uma parte precisa ser mantida por enquanto por motivos legais.',
  exportFailed: 'O download não funcionou. Tente novamente.',
  consentTitle: 'Antes de começar',
  consentText:
    'Neste chat, uma IA responde. O que você escreve é armazenado para que as respostas sejam possíveis.',
  consentLink: 'Mais sobre privacidade',
  agree: 'Concordar e começar',
  notNow: 'Agora não',
};
