package io.textonce.engagement.conversation;

import io.textonce.engagement.contract.ConversationRepositoryContract;

class InMemoryConversationRepositoryTest extends ConversationRepositoryContract {
    @Override
    protected ConversationRepository repository() {
        return new InMemoryConversationRepository();
    }
}
