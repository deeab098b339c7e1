/** The module of the preview page. It defines the element; the playground creates an instance in this page and configures it. */
import '@rivulet/widget/define';
