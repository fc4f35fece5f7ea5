package io.textonce.engagement.testkit;

import io.textonce.engagement.conversation.ConversationRepository;
import io.textonce.engagement.conversation.InMemoryConversationRepository;

class InMemoryConversationRepositoryTest extends ConversationRepositoryContract {
    @Override
    protected ConversationRepository repository() {
        return new InMemoryConversationRepository();
    }
}
